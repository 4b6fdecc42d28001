import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { aListingScheduler } from '../testing/index.js';
import { aTrack, pending } from '../testing/poll-scripts.js';
import { PollingStrategy } from './ports/polling-strategy.js';

class Shared extends PollingStrategy {
  override nextDelayMs(): number {
    return 5_000;
  }

  override sharedDelayMs(): number {
    return 1_500;
  }
}

const ids = ['g1', 'g2', 'g3'];
const trackAll = (scheduler: ReturnType<typeof aListingScheduler>['scheduler'], changes = {}): void => {
  for (const [index, id] of ids.entries()) {
    scheduler.track(aTrack({ id, listed: true, firstDelayMs: 400 * index, ...changes }));
  }
};

describe('PollScheduler, with lists', () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  afterAll(() => {
    Logger.overrideLogger(['error', 'warn', 'log']);
  });

  it('asks with one call about all of a token that are due or nearly due', async () => {
    const { clock, target, scheduler } = aListingScheduler();
    trackAll(scheduler);
    scheduler.track(aTrack({ id: 'other', tokenId: 't2', listed: true, firstDelayMs: 0 }));
    scheduler.track(aTrack({ id: 'later', listed: true, firstDelayMs: 5_001 }));
    scheduler.track(aTrack({ id: 'single', firstDelayMs: 0 }));
    await clock.advance(0);
    expect(target.lists).toEqual([['g1', 'g2', 'g3']]);
    expect(target.polled).toEqual(['other', 'single']);
    expect(scheduler.stats()).toMatchObject({ tracked: 6, waiting: 6, due: 0, active: 0 });
  });

  it('lets the strategy say when to ask about all of them again', async () => {
    const { clock, target, scheduler } = aListingScheduler({ strategy: new Shared() });
    trackAll(scheduler);
    await clock.advance(1_499);
    expect(target.lists).toHaveLength(1);
    await clock.advance(1);
    expect(target.lists).toEqual([ids, ids]);
  });

  it.each([
    [7_000, 1_500],
    [10_000, 2_000],
    [100_000, 10_000],
  ])('asks less often where %d are tracked in all: every %d ms', async (tracked, pauseMs) => {
    const { clock, target, scheduler } = aListingScheduler({ strategy: new Shared() });
    trackAll(scheduler);
    for (let index = ids.length; index < tracked; index += 1)
      scheduler.track(aTrack({ id: `other-${index}`, tokenId: 't2', firstDelayMs: 60_000 }));
    await clock.advance(pauseMs - 1);
    expect(target.lists).toEqual([ids]);
    await clock.advance(1);
    expect(target.lists).toEqual([ids, ids]);
  });

  it('asks about few ids at once, and about none when it is told so', async () => {
    const few = aListingScheduler({ maxListed: 2 });
    trackAll(few.scheduler);
    await few.clock.advance(0);
    expect(few.target.lists).toEqual([['g1', 'g2']]);
    const none = aListingScheduler({ listWindowMs: -1 });
    trackAll(none.scheduler);
    await none.clock.advance(1_000);
    expect([none.target.lists, none.target.polled]).toEqual([[], ids]);
  });

  it('asks at once for what the list leaves out, and after three times only alone', async () => {
    const { clock, target, scheduler } = aListingScheduler({ strategy: new Shared() });
    target.list = () => ({
      outcome: 'listed',
      requests: 1,
      observations: new Map([
        ['g1', pending()],
        ['g2', pending()],
      ]),
    });
    trackAll(scheduler, { firstDelayMs: 0 });
    await clock.advance(0);
    expect([target.lists, target.polled]).toEqual([[ids], ['g3']]);
    await clock.advance(60_000);
    expect(target.lists.filter((list) => list.includes('g3'))).toHaveLength(3);
    expect(target.polled.filter((id) => id === 'g3').length).toBeGreaterThan(8);
  });

  it.each([
    ['fails', () => ({ outcome: 'error', retryAfterMs: null }) as const],
    ['throws', () => Promise.reject(new Error('no such list'))],
    [
      'takes more requests than it saves',
      () => ({
        ...({ outcome: 'listed', requests: 3 } as const),
        observations: new Map(ids.map((id) => [id, pending()])),
      }),
    ],
  ])('falls back to single polls for a while when a list %s', async (_, list) => {
    const { clock, target, scheduler } = aListingScheduler({ strategy: new Shared() });
    target.list = list;
    trackAll(scheduler, { firstDelayMs: 0 });
    await clock.advance(7_000);
    expect(target.lists).toHaveLength(1);
    expect(new Set(target.polled)).toEqual(new Set(ids));
    await clock.advance(20_000);
    expect(target.lists.length).toBeGreaterThan(1);
  });

  it('goes on with the others when one is dropped, and ignores the answer for it', async () => {
    const { clock, target, scheduler } = aListingScheduler();
    target.list = async (asked) => {
      await clock.sleep(1_000);
      return {
        outcome: 'listed',
        requests: 1,
        observations: new Map(asked.map((id) => [id, { outcome: 'ended' }])),
      };
    };
    trackAll(scheduler, { firstDelayMs: 0 });
    await clock.advance(500);
    scheduler.untrack('g2');
    scheduler.track(aTrack({ id: 'g2', listed: true, firstDelayMs: 0 }));
    await clock.advance(100);
    expect(target.polled).toEqual([]);
    await clock.advance(400);
    expect(scheduler.stats().tracked).toBe(1);
    expect(target.polled).toEqual(['g2']);
  });

  it('holds back the whole token for a Retry-After of the token', async () => {
    const { clock, target, scheduler } = aListingScheduler();
    target.list = () => ({ outcome: 'error', retryAfterMs: 20_000, ofToken: true });
    trackAll(scheduler, { firstDelayMs: 0 });
    scheduler.track(aTrack({ id: 'same', firstDelayMs: 5_000 }));
    scheduler.track(aTrack({ id: 'other', tokenId: 't2', firstDelayMs: 5_000 }));
    await clock.advance(19_999);
    expect(new Set(target.polled)).toEqual(new Set(['other']));
    await clock.advance(2_000);
    expect(new Set(target.polled)).toEqual(new Set(['other', 'same']));
    expect(target.lists).toEqual([ids, ids]);
  });
});
