import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { aPollScheduler } from '../testing/index.js';
import { MINUTE_MS, aTrack, hang, pending, untilAborted } from '../testing/poll-scripts.js';
import type { PollObservation } from './ports/poll-target.js';
import { PollingStrategy } from './ports/polling-strategy.js';

/** Answers what no strategy may answer, and then throws. */
class BrokenStrategy extends PollingStrategy {
  readonly #answers = [-1, NaN];

  override nextDelayMs(): number {
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error('a bug in a plugin');
    return answer;
  }
}

describe('PollScheduler, when things fail', () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  afterAll(() => {
    Logger.overrideLogger(['error', 'warn', 'log']);
  });

  describe('errors', () => {
    it('backs off within the bounds and never ends the generation', async () => {
      const { clock, target, scheduler } = aPollScheduler();
      const at: number[] = [];
      target.script = () => {
        at.push(clock.monotonic());
        throw new Error('socket hang up');
      };
      scheduler.track(aTrack({ firstDelayMs: 0 }));
      await clock.advance(10 * MINUTE_MS);
      const delays = at.slice(1).map((time, index) => time - (at[index] ?? 0));
      expect(delays.length).toBeGreaterThan(15);
      for (const [index, delay] of delays.entries()) {
        expect(delay).toBeGreaterThanOrEqual(100);
        expect(delay).toBeLessThanOrEqual(Math.min(30_000, 1_000 * 2 ** index));
      }
      expect(scheduler.stats().tracked).toBe(1);
    });

    it('starts the back-off anew after a good answer', async () => {
      const { clock, target, scheduler } = aPollScheduler();
      let polls = 0;
      target.script = () => {
        polls += 1;
        return polls === 8 ? pending(90) : { outcome: 'error', retryAfterMs: null };
      };
      scheduler.track(aTrack({ firstDelayMs: 0, remainingMs: 60 * MINUTE_MS }));
      for (let i = 0; i < 10_000 && polls < 9; i += 1) await clock.advance(100);
      expect((scheduler.nextPollAt('g1') ?? Infinity) - clock.now()).toBeLessThanOrEqual(1_000);
    });

    it('survives a target that answers nonsense, and a strategy that throws or does', async () => {
      const { clock, target, scheduler } = aPollScheduler({ strategy: new BrokenStrategy() });
      scheduler.track(aTrack());
      await clock.advance(30_000);
      expect(target.polled).toHaveLength(3);
      target.script = () => JSON.parse('{"outcome":"finished"}') as PollObservation;
      await clock.advance(60_000);
      expect(target.polled.length).toBeGreaterThan(4);
    });
  });

  describe('polls that hang', () => {
    it('aborts them, counts an error and asks again', async () => {
      const { clock, target, scheduler } = aPollScheduler({ pollTimeoutMs: 1_000 });
      target.script = untilAborted;
      scheduler.track(aTrack({ firstDelayMs: 0 }));
      await clock.advance(3_000);
      expect(target.polled.length).toBeGreaterThanOrEqual(2);
      expect(scheduler.stats()).toMatchObject({ tracked: 1, abandoned: 0 });
    });

    it('gives the slot of one that ignores its signal to others, but never polls its id twice', async () => {
      const { clock, target, scheduler } = aPollScheduler({
        maxActive: 1,
        pollTimeoutMs: 1_000,
        abortGraceMs: 500,
      });
      target.script = (id) => (id === 'g1' ? hang() : pending());
      scheduler.track(aTrack({ id: 'g1', firstDelayMs: 0, remainingMs: MINUTE_MS }));
      scheduler.track(aTrack({ id: 'g2', firstDelayMs: 1 }));
      await clock.advance(1_499);
      expect(target.polled).toEqual(['g1']);
      await clock.advance(1);
      expect(target.polled).toEqual(['g1', 'g2']);
      expect(scheduler.stats().abandoned).toBe(1);
      await clock.advance(MINUTE_MS);
      expect(target.polled.filter((id) => id === 'g1')).toHaveLength(1);
      expect(target.expired).toEqual(['g1']);
    });

    it('believes a late answer only when it says that the generation ended', async () => {
      const { clock, target, scheduler } = aPollScheduler({ pollTimeoutMs: 1_000, abortGraceMs: 100 });
      target.script = async () => {
        await clock.sleep(5_000);
        return target.polled.length === 1 ? pending(99) : { outcome: 'ended' };
      };
      scheduler.track(aTrack({ firstDelayMs: 0 }));
      await clock.advance(5_000);
      expect((scheduler.nextPollAt('g1') ?? Infinity) - clock.now()).toBeLessThanOrEqual(1_000);
      await clock.advance(7_000);
      expect(target.polled).toHaveLength(2);
      expect(scheduler.stats()).toMatchObject({ tracked: 0, active: 0, abandoned: 0 });
    });
  });
});
