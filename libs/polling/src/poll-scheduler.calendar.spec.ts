import type { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { aListingScheduler, aPollScheduler } from '../testing/index.js';
import { aTrack, pending } from '../testing/poll-scripts.js';
import type { PollScheduler } from './poll-scheduler.js';

const MANY = 500;
const SLOTS = { maxActive: MANY, maxActivePerOrigin: MANY };
const strategy = { nextDelayMs: () => 5_000 };

/** Tracks many ids at the same moment, of a token each. */
function trackMany(scheduler: PollScheduler): void {
  for (let index = 0; index < MANY; index += 1)
    scheduler.track(aTrack({ id: `g${String(index)}`, tokenId: `t${String(index)}` }));
}

async function stopped(scheduler: PollScheduler, clock: ManualClock): Promise<void> {
  const ended = scheduler.stop();
  await clock.advance(1_000);
  await ended;
}

describe('PollScheduler with many ids that began together', () => {
  it('does not poll them together for ever', async () => {
    const { clock, target, scheduler } = aPollScheduler({ strategy, ...SLOTS });
    const moments = new Map<number, number>();
    target.script = () => {
      const moment = Math.floor(clock.monotonic() / 50);
      moments.set(moment, (moments.get(moment) ?? 0) + 1);
      return pending();
    };
    trackMany(scheduler);
    await clock.advance(90_000);
    moments.clear();
    await clock.advance(20_000);
    const polls = [...moments.values()];
    expect(polls.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(0.9 * 4 * MANY);
    expect(Math.max(...polls)).toBeLessThan(30);
    await stopped(scheduler, clock);
  });

  it('asks nobody before the upstream wants to be asked', async () => {
    const { clock, target, scheduler } = aPollScheduler({ strategy, ...SLOTS });
    const last = new Map<string, number>();
    const pauses: number[] = [];
    target.script = (id) => {
      const now = clock.monotonic();
      pauses.push(now - (last.get(id) ?? -Infinity));
      last.set(id, now);
      return pending(0, 5_000);
    };
    trackMany(scheduler);
    await clock.advance(40_000);
    expect(pauses.length).toBeGreaterThan(5 * MANY);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(5_000);
    await stopped(scheduler, clock);
  });

  it('leaves together what one list answers', async () => {
    const listing = { ...strategy, sharedDelayMs: () => 5_000 };
    const { clock, target, scheduler } = aListingScheduler({
      strategy: listing,
      listWindowMs: 0,
      maxListed: MANY,
    });
    for (let index = 0; index < MANY; index += 1)
      scheduler.track(aTrack({ id: `g${String(index)}`, listed: true, firstDelayMs: 0 }));
    await clock.advance(19_999);
    expect(target.lists.map(({ length }) => length)).toEqual([MANY, MANY, MANY, MANY]);
    await stopped(scheduler, clock);
  });
});
