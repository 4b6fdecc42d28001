import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { aListingScheduler, aPollScheduler } from '../testing/index.js';
import { aTrack, MINUTE_MS, pending } from '../testing/poll-scripts.js';
import { MemoryPollQueue } from './strategies/memory-poll-queue.js';

/** Wants every id polled far more often than any budget allows. */
const EAGER = { nextDelayMs: () => 100 };

const load = fc.record({
  ids: fc.integer({ min: 1, max: 40 }),
  tokens: fc.integer({ min: 1, max: 4 }),
  perMinute: fc.integer({ min: 1, max: 60 }),
  originPerMinute: fc.integer({ min: 0, max: 60 }),
  slots: fc.integer({ min: 1, max: 3 }),
});

describe('PollScheduler with a budget that is too small', () => {
  it('polls every id again and again, none much less often than its share', async () => {
    await fc.assert(
      fc.asyncProperty(load, async ({ ids, tokens, perMinute, originPerMinute, slots }) => {
        const { clock, target, scheduler } = aPollScheduler({
          strategy: EAGER,
          queue: new MemoryPollQueue(),
          maxActivePerToken: slots,
          tokenPollsPerMinute: perMinute,
          originPollsPerMinute: originPerMinute,
        });
        const last = new Map<string, number>();
        let longestGapMs = 0;
        const seen = (id: string): void => {
          longestGapMs = Math.max(longestGapMs, clock.monotonic() - (last.get(id) ?? 0));
          last.set(id, clock.monotonic());
        };
        target.script = (id) => {
          seen(id);
          return pending();
        };
        for (let index = 0; index < ids; index += 1) {
          const id = `g${index}`;
          last.set(id, 0);
          scheduler.track(aTrack({ id, tokenId: `t${index % tokens}`, remainingMs: 1_000 * MINUTE_MS }));
        }
        // Each token and the origin give one poll in so many minutes to each of those that share them.
        const ofToken = (Math.ceil(ids / tokens) + 2) / perMinute;
        const ofOrigin = originPerMinute === 0 ? 0 : (ids + 2) / originPerMinute;
        const shareMs = 2 * (ofToken + ofOrigin) * MINUTE_MS + MINUTE_MS;
        for (let round = 0; round < 30; round += 1) await clock.advance(shareMs / 10);
        for (const id of last.keys()) seen(id);
        expect(longestGapMs).toBeLessThanOrEqual(shareMs);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('does so with lists too, also for what the lists leave out', async () => {
    const { clock, target, scheduler } = aListingScheduler({ strategy: EAGER, tokenPollsPerMinute: 6 });
    const times = new Map<string, number>();
    const seen = (id: string): void => void times.set(id, (times.get(id) ?? 0) + 1);
    target.script = (id) => {
      seen(id);
      return pending();
    };
    target.list = (asked) => {
      const shown = asked.filter((id) => id !== 'g3');
      for (const id of shown) seen(id);
      return { outcome: 'listed', requests: 1, observations: new Map(shown.map((id) => [id, pending()])) };
    };
    for (let index = 0; index < 8; index += 1)
      scheduler.track(aTrack({ id: `g${index}`, listed: true, remainingMs: 1_000 * MINUTE_MS }));
    await clock.advance(20 * MINUTE_MS);
    expect(times.size).toBe(8);
    expect(Math.min(...times.values())).toBeGreaterThan(10);
  });
});
