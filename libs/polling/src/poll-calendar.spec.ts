import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PollCalendar } from './poll-calendar.js';

/** Polls of so many generations that begin together and all want the same pause, for a while: how many fall due by moment of 50 ms. */
function rounds(count: number, wantedMs: number, forMs: number): Map<number, number> {
  const calendar = new PollCalendar();
  const due = Array.from({ length: count }, (_, index) => index / count);
  const moments = new Map<number, number>();
  for (let now = 0; now < forMs; now += 50) {
    moments.set(now, due.filter((at) => at >= now && at < now + 50).length);
    for (const [index, at] of due.entries())
      if (at < now + 50) due[index] = at + calendar.pauseMs(wantedMs, at);
  }
  return moments;
}

/** The fullest moment of the last minute. */
const fullest = (moments: ReadonlyMap<number, number>, untilMs: number): number =>
  Math.max(...[...moments].filter(([at]) => at >= untilMs - 60_000).map(([, polls]) => polls));

describe('PollCalendar', () => {
  it('leaves a few polls where they are wanted, also at the same moment', () => {
    const calendar = new PollCalendar();
    expect(Array.from({ length: 10 }, () => calendar.pauseMs(5_000, 1_234))).toEqual(Array(10).fill(5_000));
  });

  it('moves what would make a crowd to the nearest moments, before and after', () => {
    const calendar = new PollCalendar();
    const pauses = Array.from({ length: 50 }, () => calendar.pauseMs(5_000, 0));
    const times = [5_000, 4_950, 5_050, 4_900, 5_100].map((ms) => [
      ms,
      pauses.filter((each) => each === ms).length,
    ]);
    expect(times).toEqual([
      [5_000, 10],
      [4_950, 10],
      [5_050, 10],
      [4_900, 10],
      [5_100, 10],
    ]);
  });

  it.each([2_000, 6_700])('takes apart a wave of 1,000 that want %d ms each', (wantedMs) => {
    const even = (1_000 * 50) / wantedMs;
    expect(fullest(rounds(1_000, wantedMs, 180_000), 180_000)).toBeLessThan(2.5 * even);
  });

  it('never makes the longest pause of a strategy longer', () => {
    const calendar = new PollCalendar();
    const pauses = Array.from({ length: 500 }, () => calendar.pauseMs(10_000, 0));
    expect(Math.max(...pauses)).toBe(10_000);
    expect(Math.min(...pauses)).toBe(9_000);
  });

  it('leaves alone what is further away than it looks', () => {
    const calendar = new PollCalendar();
    expect(new Set(Array.from({ length: 500 }, () => calendar.pauseMs(60_000, 0)))).toEqual(
      new Set([60_000]),
    );
  });

  it('forgets what has passed', () => {
    const calendar = new PollCalendar();
    for (let poll = 0; poll < 500; poll += 1) calendar.pauseMs(5_000, 0);
    expect(calendar.pauseMs(5_000, 25_600)).toBe(5_000);
    expect(calendar.pauseMs(5_000, 1e12)).toBe(5_000);
  });

  it('changes a pause by a tenth at most, whatever was planned', () => {
    const step = fc.record({
      waitMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 20_000, noNaN: true })),
      wantedMs: fc.double({ min: 0, max: 20_000, noNaN: true }),
      times: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const calendar = new PollCalendar();
        let now = 0;
        for (const { waitMs, wantedMs, times } of steps) {
          now += waitMs;
          for (let time = 0; time < times; time += 1) {
            const pauseMs = calendar.pauseMs(wantedMs, now);
            expect(Math.abs(pauseMs - wantedMs)).toBeLessThanOrEqual(0.1 * wantedMs + 1e-6);
            expect(pauseMs).toBeLessThanOrEqual(Math.max(wantedMs, 10_000));
          }
        }
      }),
    );
  });
});
