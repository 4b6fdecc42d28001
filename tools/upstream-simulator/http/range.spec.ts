import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { chooseRange } from './range.js';

describe('chooseRange', () => {
  it.each([
    ['bytes=0-0', { kind: 'part', start: 0, end: 1 }],
    ['bytes=10-19', { kind: 'part', start: 10, end: 20 }],
    ['bytes=90-', { kind: 'part', start: 90, end: 100 }],
    ['bytes=90-500', { kind: 'part', start: 90, end: 100 }],
    ['bytes=-10', { kind: 'part', start: 90, end: 100 }],
    ['bytes=-500', { kind: 'part', start: 0, end: 100 }],
    ['bytes=100-', { kind: 'unsatisfiable' }],
    ['bytes=100-200', { kind: 'unsatisfiable' }],
    ['bytes=-0', { kind: 'unsatisfiable' }],
    [undefined, { kind: 'whole' }],
    ['', { kind: 'whole' }],
    ['bytes=-', { kind: 'whole' }],
    ['bytes=20-10', { kind: 'whole' }],
    ['bytes=0-1,5-6', { kind: 'whole' }],
    ['pages=1-2', { kind: 'whole' }],
    ['bytes=a-b', { kind: 'whole' }],
  ])('reads %s of 100 bytes', (header, expected) => {
    expect(chooseRange(header, 100)).toEqual(expected);
  });

  it('never leaves the body', () => {
    const bound = fc.option(fc.nat(300), { nil: '' });
    fc.assert(
      fc.property(bound, bound, fc.integer({ min: 1, max: 200 }), (first, last, size) => {
        const choice = chooseRange(`bytes=${first}-${last}`, size);
        if (choice.kind !== 'part') return;
        expect(choice.start).toBeGreaterThanOrEqual(0);
        expect(choice.start).toBeLessThan(choice.end);
        expect(choice.end).toBeLessThanOrEqual(size);
      }),
    );
  });
});
