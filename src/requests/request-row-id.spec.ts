import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { firstIdAt, isRequestRowId, requestRowId } from './request-row-id.js';

const time = fc.integer({ min: 0, max: 8_640_000_000_000 });
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('requestRowId', () => {
  it('sorts as the times do', () => {
    fc.assert(
      fc.property(time, chance, time, chance, (one, chanceOfOne, other, chanceOfOther) => {
        fc.pre(one < other);
        expect(requestRowId(one, chanceOfOne) < requestRowId(other, chanceOfOther)).toBe(true);
      }),
    );
  });

  it('is between the lowest id of its time and that of the next millisecond', () => {
    fc.assert(
      fc.property(time, chance, (at, by) => {
        const id = requestRowId(at, by);
        expect(isRequestRowId(id)).toBe(true);
        expect(id >= firstIdAt(at) && id < firstIdAt(at + 1)).toBe(true);
      }),
    );
  });

  it('takes a clock before 1970 for 1970', () => {
    expect(firstIdAt(-5)).toBe(firstIdAt(0));
  });

  it.each(['', 'abc', '1'.repeat(26), '1'.repeat(28), "1' OR '1'='1"])('does not take %j for one', (text) => {
    expect(isRequestRowId(text)).toBe(false);
  });
});
