import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { rangeOf } from './byte-range.js';

describe('rangeOf', () => {
  it.each([
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=2-5', { start: 2, end: 5 }],
    ['bytes=2-', { start: 2, end: 9 }],
    ['bytes=9-', { start: 9, end: 9 }],
    ['bytes=5-999', { start: 5, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-999', { start: 0, end: 9 }],
    ['bytes=10-', 'none'],
    ['bytes=10-20', 'none'],
    ['bytes=-0', 'none'],
    ['bytes=5-4', 'whole'],
    ['bytes=0-1,4-5', 'whole'],
    ['bytes=-', 'whole'],
    ['items=0-1', 'whole'],
    ['bytes=a-b', 'whole'],
    [null, 'whole'],
  ])('of %j in 10 bytes is %j', (header, expected) => {
    expect(rangeOf(header, 10)).toEqual(expected);
  });

  it('of nothing is nothing', () => {
    expect([rangeOf('bytes=0-', 0), rangeOf('bytes=-1', 0), rangeOf(null, 0)]).toEqual([
      'none',
      'none',
      'whole',
    ]);
  });

  it('never leaves the content', () => {
    const edge = fc.option(fc.integer({ min: 0, max: 40 }), { nil: '' });
    fc.assert(
      fc.property(edge, edge, fc.integer({ min: 0, max: 30 }), (from, to, size) => {
        const range = rangeOf(`bytes=${String(from)}-${String(to)}`, size);
        if (typeof range === 'string') return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThanOrEqual(range.start);
        expect(range.end).toBeLessThan(size);
      }),
    );
  });
});
