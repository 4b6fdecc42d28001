import fc from 'fast-check';
import { SeededRandom } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { webhookSettings } from '../webhooks.settings.js';
import { parseRetryAfter } from './retry-after.js';
import { pauseAfter } from './retry-schedule.js';

const limits = webhookSettings.defaults;
const DAY = 86_400_000;

/** The pauses of a delivery that is never received. */
function pausesOf(seed: number, retryAfterMs: number | null = null): number[] {
  const random = new SeededRandom(seed);
  const pauses: number[] = [];
  for (let waitedMs = 0; ;) {
    const pause = pauseAfter({ failures: pauses.length + 1, waitedMs, retryAfterMs }, limits, random);
    if (pause === null) return pauses;
    pauses.push(pause);
    waitedMs += pause;
  }
}

describe('pauseAfter', () => {
  it('doubles from 5 s to an hour, spread over half of it, for a day in all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const pauses = pausesOf(seed);
        for (const [index, pause] of pauses.slice(0, -1).entries()) {
          const whole = Math.min(5_000 * 2 ** index, 3_600_000);
          expect(pause).toBeGreaterThanOrEqual(whole / 2);
          expect(pause).toBeLessThanOrEqual(whole);
        }
        expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBe(DAY);
        expect(pauses.length).toBeGreaterThan(24);
        expect(pauses.length).toBeLessThan(70);
      }),
      { numRuns: 50 },
    );
  });

  it('gives a receiver the time that it asks for, within the day', () => {
    expect(pausesOf(1, 7_200_000).slice(0, 3)).toEqual([7_200_000, 7_200_000, 7_200_000]);
    expect(pausesOf(1, 0)).toEqual(pausesOf(1));
    expect(pausesOf(1, 400 * DAY)).toEqual([DAY]);
  });

  it('does not try again where the settings say so', () => {
    const setback = { failures: 1, waitedMs: 0, retryAfterMs: null };
    expect(pauseAfter(setback, { ...limits, retryForMs: 0 }, new SeededRandom(1))).toBeNull();
  });
});

describe('parseRetryAfter', () => {
  const NOW = Date.UTC(2026, 0, 31, 12);
  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Sat, 31 Jan 2026 12:00:30 GMT', 30_000],
    ['Sat, 31 Jan 2026 11:00:00 GMT', 0],
    ['soon', null],
    ['-5', null],
    ['1.5', null],
    ['', null],
    [undefined, null],
  ])('reads %j as %j', (header, expected) => {
    expect(parseRetryAfter(header, NOW)).toBe(expected);
  });
});
