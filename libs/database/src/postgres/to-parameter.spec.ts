import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { toParameter } from './to-parameter.js';

describe('toParameter', () => {
  it('leaves what the driver knows as it is', () => {
    const values = ['a', 1, 2n, true, null, undefined, new Date(0), Buffer.from('x'), ['a'], { a: 1 }];
    expect(values.map(toParameter)).toEqual(values);
  });

  it('changes nothing of a text but U+0000', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\0', '€', '\n', '\u{1f389}') }), (text) => {
        expect(toParameter(text, 0)).toBe(Array.from(text, (c) => (c === '\0' ? '\ufffd' : c)).join(''));
      }),
    );
  });

  it.each([() => 1, Symbol('x')])('refuses %s', (value) => {
    expect(() => toParameter(value, 2)).toThrow(/Parameter 3 is of type (function|symbol)/);
  });
});
