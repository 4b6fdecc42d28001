import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PollPace } from './poll-pace.js';

/** Windows of 2 s, in each of which so many polls begin, each so late. */
function after(
  windows: readonly (readonly [count: number, lateMs: number])[],
  pace = new PollPace(),
): PollPace {
  for (const [index, [count, lateMs]] of [...windows, [1, 0] as const].entries()) {
    for (let poll = 0; poll < count; poll += 1) pace.began(lateMs, 2_000 * index + poll / count);
  }
  return pace;
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('PollPace', () => {
  it('leaves pauses as they are while polls begin in time', () => {
    const pace = after(times(50, [100, 25]));
    expect([pace.stretch, pace.pauseMs(4_000)]).toEqual([1, 4_000]);
  });

  it('minds no moment in which the process did something else', () => {
    const pace = after(times(50, [95, 0]));
    for (let window = 100; window < 150; window += 1) {
      for (let poll = 0; poll < 100; poll += 1) pace.began(poll < 5 ? 400 : 0, 2_000 * window + poll);
    }
    expect(pace.stretch).toBe(1);
  });

  it('stretches pauses the more, the later polls begin', () => {
    expect(after([[100, 100]]).stretch).toBeCloseTo(1.2);
    expect(after([[100, 1_000]]).pauseMs(4_000)).toBeCloseTo(6_000);
    expect(after([[100, 3_600_000]]).stretch).toBeCloseTo(1.5);
    expect(after(times(20, [100, 1_000])).stretch).toBe(8);
  });

  it('stretches none beyond 10 s, and shortens none that is longer', () => {
    const pace = after(times(20, [100, 1_000]));
    expect([100, 5_000, 60_000].map((wantedMs) => pace.pauseMs(wantedMs))).toEqual([800, 10_000, 60_000]);
  });

  it('forgets slowly while nearly as many polls begin, and soon once they are fewer', () => {
    const full = times(4, [100, 1_000] as const);
    const before = after(full).stretch;
    expect(after([...full, ...times(5, [90, 0] as const)]).stretch).toBeCloseTo(before * 0.99 ** 5);
    expect(after([...full, ...times(10, [40, 0] as const)]).stretch).toBe(1);
    const pace = after([...full, [1, 0]]);
    pace.began(0, 60_000);
    expect(pace.stretch).toBe(1);
  });

  it('stays between 1 and 8 whatever comes', () => {
    const window = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.double({ min: 0, max: 1e9, noNaN: true }));
    fc.assert(
      fc.property(fc.array(window), fc.double({ min: 0, max: 1e6, noNaN: true }), (windows, wantedMs) => {
        const pace = after(windows);
        expect(pace.stretch).toBeGreaterThanOrEqual(1);
        expect(pace.stretch).toBeLessThanOrEqual(8);
        expect(pace.pauseMs(wantedMs)).toBeGreaterThanOrEqual(wantedMs);
        expect(pace.pauseMs(wantedMs)).toBeLessThanOrEqual(Math.max(wantedMs, 10_000));
      }),
    );
  });
});
