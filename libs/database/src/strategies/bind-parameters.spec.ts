import { describe, expect, it } from 'vitest';

import { DatabaseError } from '../database.errors.js';
import { bindParameters } from './bind-parameters.js';

describe('bindParameters', () => {
  it('passes on what SQLite stores as it is', () => {
    const bytes = new Uint8Array([1]);
    expect(bindParameters(['a', 1.5, null, bytes])).toEqual(['a', 1.5, null, bytes]);
  });

  it('converts what has one meaning', () => {
    const at = new Date('2026-02-03T04:05:06.007Z');
    expect(bindParameters([undefined, true, false, at, new ArrayBuffer(1)])).toEqual([
      ...[null, 1, 0, '2026-02-03 04:05:06.007', new Uint8Array(1)],
    ]);
  });

  it('loses no digit of a big integer', () => {
    expect(bindParameters([5n, 2n ** 63n - 1n, -(2n ** 60n)])).toEqual([
      5,
      '9223372036854775807',
      '-1152921504606846976',
    ]);
  });

  it.each([
    [{}, 'object'],
    [[1], 'array'],
    [new Map(), 'object'],
    [() => 1, 'function'],
    [Symbol('s'), 'symbol'],
  ])('refuses %o', (value, type) => {
    expect(() => bindParameters(['fine', value])).toThrow(DatabaseError);
    expect(() => bindParameters(['fine', value])).toThrow(`Parameter 2 is of type ${type}`);
  });
});
