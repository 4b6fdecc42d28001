import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { aPollScheduler } from '../testing/index.js';
import { aTrack, MINUTE_MS, pending } from '../testing/poll-scripts.js';
import { type PollHistory, PollingStrategy } from './ports/polling-strategy.js';

/** Wants every id again after a second; what has a higher number is likelier to have ended. */
class Bidding extends PollingStrategy {
  override nextDelayMs(): number {
    return 1_000;
  }

  override endedChance({ id }: PollHistory): number {
    if (id === 'broken') throw new Error('no chance');
    return Number(id.slice(1)) / 10;
  }
}

/** The ids in the order in which they are polled, of a token that may be asked twice a minute. */
async function orderOf(
  ids: readonly string[],
  prepare: (scheduler: ReturnType<typeof aPollScheduler>['scheduler']) => void = () => undefined,
): Promise<readonly string[]> {
  const { clock, target, scheduler } = aPollScheduler({ strategy: new Bidding(), tokenPollsPerMinute: 2 });
  target.script = () => ({ outcome: 'ended' });
  for (const [index, id] of ids.entries()) scheduler.track(aTrack({ id, firstDelayMs: index }));
  prepare(scheduler);
  await clock.advance(2.2 * MINUTE_MS);
  return target.polled;
}

describe('PollScheduler, when requests are scarce', () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  afterAll(() => {
    Logger.overrideLogger(['error', 'warn', 'log']);
  });

  it('asks first about what is likeliest to have ended', async () => {
    expect((await orderOf(['g1', 'g5', 'g3'])).slice(0, 1)).toEqual(['g5']);
  });

  it('asks first about what somebody asked for', async () => {
    const order = await orderOf(['g9', 'g5', 'g1'], (scheduler) => {
      scheduler.wake('g1');
    });
    expect(order[0]).toBe('g1');
  });

  it('goes on when a strategy throws at one of them', async () => {
    expect((await orderOf(['broken', 'g5', 'g3']))[0]).toBe('g5');
  });

  it('keeps asking about what never looks likely', async () => {
    const { clock, target, scheduler } = aPollScheduler({
      strategy: new Bidding(),
      tokenPollsPerMinute: 12,
    });
    target.script = () => pending();
    for (const id of ['g0', 'g5', 'g6', 'g7', 'g8', 'g9'])
      scheduler.track(aTrack({ id, remainingMs: 100 * MINUTE_MS }));
    await clock.advance(30 * MINUTE_MS);
    const times = target.polled.filter((id) => id === 'g0').length;
    expect(times).toBeGreaterThan(15);
    expect(target.polled.filter((id) => id === 'g9').length).toBeGreaterThan(times);
  });
});
