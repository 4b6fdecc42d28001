import { describe, expect, it } from 'vitest';

import { limitOf } from './list-limit.js';

describe('limitOf', () => {
  const limit = limitOf(0, 100);

  it('reads a number, 20 when it is left out', () => {
    expect(limit.parse(undefined)).toBe(20);
    expect(['0', '7', '100'].map((text) => limit.parse(text))).toEqual([0, 7, 100]);
  });

  it.each(['', '-1', '101', '1.5', '1e1', 'ten', ' 1', '9999999999'])(
    'refuses %j, naming the bounds',
    (text) => {
      expect(() => limit.parse(text)).toThrow('expected an integer from 0 to 100');
    },
  );
});
