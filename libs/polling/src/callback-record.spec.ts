import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  afterCallback,
  afterMiss,
  type CallbackRecord,
  netDelayMs,
  NO_RECORD,
  stretchOf,
} from './callback-record.js';

/** What is known after these ends; `true` where a callback told of one. */
const recordOf = (ends: readonly boolean[], from = NO_RECORD): CallbackRecord =>
  ends.reduce((record, came) => (came ? afterCallback(record) : afterMiss(record)), from);

const times = (count: number, came: boolean): boolean[] => Array.from({ length: count }, () => came);
const ends = fc.array(fc.boolean(), { maxLength: 300 });

describe('the stretch of a channel', () => {
  it('is 1 while nothing is known, and grows with each callback that comes', () => {
    expect(stretchOf(NO_RECORD)).toBe(1);
    const stretches = [1, 2, 5, 20, 100, 400].map((count) => stretchOf(recordOf(times(count, true))));
    expect(stretches).toEqual([...stretches].sort((a, b) => a - b));
    expect(new Set(stretches).size).toBe(stretches.length);
    expect(stretches[0]).toBeCloseTo(2, 1);
    expect(stretches[5]).toBeGreaterThan(50);
  });

  it('is above 20 where 98 of 100 come', () => {
    const ofHundred = Array.from({ length: 400 }, (_, index) => index % 50 !== 7);
    expect(stretchOf(recordOf(ofHundred))).toBeGreaterThan(20);
  });

  it('is finite and at least 1 whatever happened', () => {
    fc.assert(
      fc.property(ends, (all) => {
        const stretch = stretchOf(recordOf(all));
        expect(stretch).toBeGreaterThanOrEqual(1);
        expect(stretch).toBeLessThanOrEqual(101);
      }),
    );
  });

  it('is 1 after three ends in a row without a callback, however well it went before', () => {
    fc.assert(
      fc.property(ends, fc.integer({ min: 3, max: 50 }), (before, misses) => {
        expect(stretchOf(recordOf([...before, ...times(misses, false)]))).toBe(1);
      }),
    );
  });

  it('never grows with a miss, and never shrinks with a callback', () => {
    fc.assert(
      fc.property(ends, (before) => {
        const record = recordOf(before);
        expect(stretchOf(afterMiss(record))).toBeLessThanOrEqual(stretchOf(record));
        expect(stretchOf(afterCallback(record))).toBeGreaterThanOrEqual(stretchOf(record));
      }),
    );
  });

  it('is above 5 within ten callbacks of an outage of any length', () => {
    fc.assert(
      fc.property(ends, fc.integer({ min: 3, max: 200 }), (before, misses) => {
        const after = recordOf([...before, ...times(misses, false), ...times(10, true)]);
        expect(stretchOf(after)).toBeGreaterThan(5);
      }),
    );
  });
});

describe('the delay of the safety net', () => {
  const ms = fc.double({ min: 0, max: 3_600_000, noNaN: true });
  const request = fc.record({
    planMs: fc.double({ min: 100, max: 10_000, noNaN: true }),
    stretch: fc.double({ min: 1, max: 101, noNaN: true }),
    remainingMs: fc.double({ min: -1_000, max: 3_600_000, noNaN: true }),
    longestMs: ms,
  });

  it('is the plan where nothing is known of callbacks', () => {
    fc.assert(
      fc.property(request, (asked) => {
        expect(netDelayMs({ ...asked, stretch: 1 })).toBe(asked.planMs);
      }),
    );
  });

  it('is never shorter than the plan, and never beyond it by more than is allowed, or than half of what is left', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const { planMs, stretch, longestMs, remainingMs } = asked;
        const delayMs = netDelayMs(asked);
        expect(delayMs).toBeGreaterThanOrEqual(planMs);
        expect(delayMs).toBeLessThanOrEqual(Math.max(planMs, longestMs));
        expect(delayMs).toBeLessThanOrEqual(Math.max(planMs, remainingMs / 2));
        expect(delayMs).toBeLessThanOrEqual(planMs * stretch);
      }),
    );
  });

  it('polls before the deadline whenever the plan would, however little time is left', () => {
    fc.assert(
      fc.property(request, (asked) => {
        fc.pre(asked.planMs < asked.remainingMs);
        expect(netDelayMs(asked)).toBeLessThan(asked.remainingMs);
      }),
    );
  });

  it('stretches by as much as the channel is relied on', () => {
    const asked = { planMs: 2_000, stretch: 10, remainingMs: 600_000, longestMs: 120_000 };
    expect(netDelayMs(asked)).toBe(20_000);
    expect(netDelayMs({ ...asked, longestMs: 15_000 })).toBe(15_000);
    expect(netDelayMs({ ...asked, remainingMs: 10_000 })).toBe(5_000);
    expect(netDelayMs({ ...asked, longestMs: 0 })).toBe(2_000);
  });
});
