import { Logger } from '@nestjs/common';
import { type Wait, WaitObserver } from 'penstock/concurrency';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { aPollScheduler } from '../testing/index.js';
import { MINUTE_MS, aTrack, hang, pending, untilAborted } from '../testing/poll-scripts.js';

describe('PollScheduler, within its limits', () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  afterAll(() => {
    Logger.overrideLogger(['error', 'warn', 'log']);
  });

  describe('slots', () => {
    it('serves the most overdue first within both limits', async () => {
      const { clock, target, scheduler } = aPollScheduler({ maxActive: 3, maxActivePerToken: 2 });
      target.script = untilAborted;
      scheduler.track(aTrack({ id: 'a3', tokenId: 'a', firstDelayMs: 3 }));
      scheduler.track(aTrack({ id: 'a1', tokenId: 'a', firstDelayMs: 1 }));
      scheduler.track(aTrack({ id: 'a2', tokenId: 'a', firstDelayMs: 2 }));
      scheduler.track(aTrack({ id: 'b4', tokenId: 'b', firstDelayMs: 4 }));
      scheduler.track(aTrack({ id: 'b5', tokenId: 'b', firstDelayMs: 5 }));
      await clock.advance(10);
      expect(target.polled).toEqual(['a1', 'a2', 'b4']);
      expect(scheduler.stats()).toMatchObject({ tracked: 5, active: 3, due: 2, waiting: 0 });
      scheduler.untrack('b4');
      await clock.advance(0);
      expect(target.polled.slice(3)).toEqual(['b5']);
      scheduler.untrack('a1');
      await clock.advance(0);
      expect(target.polled.slice(4)).toEqual(['a3']);
    });

    it('reports how long a poll waited for one', async () => {
      const waits: Wait[] = [];
      class Notes extends WaitObserver {
        override waited(wait: Wait): void {
          waits.push(wait);
        }
      }
      const { clock, target, scheduler } = aPollScheduler({ maxActive: 1 }, { observer: new Notes() });
      target.script = untilAborted;
      for (const id of ['g1', 'g2']) scheduler.track(aTrack({ id, firstDelayMs: 0 }));
      await clock.advance(700);
      scheduler.untrack('g1');
      await clock.advance(0);
      expect(waits).toEqual([
        { resource: 'polling.slots', waitedMs: 700, holder: undefined, outcome: 'acquired' },
      ]);
    });

    it('spread what is due after a long gap', async () => {
      const { clock, target, scheduler } = aPollScheduler({ maxActive: 3, maxActivePerToken: 3 });
      target.script = async () => {
        await clock.sleep(100);
        return pending();
      };
      for (let i = 0; i < 9; i += 1) scheduler.track(aTrack({ id: `g${i}`, firstDelayMs: 9 - i }));
      await clock.advance(10);
      expect(scheduler.stats()).toMatchObject({ active: 3, due: 6 });
      await clock.advance(100);
      expect(scheduler.stats()).toMatchObject({ active: 3, due: 3 });
      await clock.advance(100);
      expect(target.polled).toEqual(['g8', 'g7', 'g6', 'g5', 'g4', 'g3', 'g2', 'g1', 'g0']);
    });

    it('hold the origin without a name to its budget too', async () => {
      const { clock, target, scheduler } = aPollScheduler({ originPollsPerMinute: 2 });
      for (const id of ['g1', 'g2', 'g3']) scheduler.track(aTrack({ id, tokenId: id, firstDelayMs: 60_000 }));
      await clock.advance(89_999);
      expect(target.polled).toEqual(['g1']);
      await clock.advance(1);
      expect(target.polled).toEqual(['g1', 'g2']);
    });

    it('can be given more while it runs', async () => {
      const { clock, target, scheduler } = aPollScheduler({ maxActive: 1 });
      target.script = hang;
      for (const id of ['g1', 'g2', 'g3']) scheduler.track(aTrack({ id, firstDelayMs: 0 }));
      await clock.advance(0);
      scheduler.configure({ maxActive: 2 });
      await clock.advance(0);
      expect(target.polled).toEqual(['g1', 'g2']);
      expect(() => {
        scheduler.configure({ maxActive: 0 });
      }).toThrow(new RangeError('maxActive must be an integer >= 1, got 0'));
      expect(scheduler.stats().active).toBe(2);
    });
  });

  describe('deadlines', () => {
    it('expires an id once, at its deadline, and forgets it', async () => {
      const { clock, target, scheduler } = aPollScheduler();
      scheduler.track(aTrack({ remainingMs: 12_000 }));
      await clock.advance(11_999);
      expect(target.expired).toEqual([]);
      await clock.advance(1);
      expect(target.expired).toEqual(['g1']);
      expect(scheduler.nextPollAt('g1')).toBeNull();
      await clock.advance(60 * MINUTE_MS);
      expect([target.expired, scheduler.stats().tracked, clock.pendingTimers]).toEqual([['g1'], 0, 0]);
    });

    it('expires at once what has no time left', async () => {
      const { clock, target, scheduler } = aPollScheduler();
      scheduler.track(aTrack({ remainingMs: -1, firstDelayMs: 0 }));
      await clock.advance(0);
      expect([target.expired, target.polled]).toEqual([['g1'], []]);
    });

    it('aborts a poll under way', async () => {
      const { clock, target, scheduler } = aPollScheduler();
      const signals: AbortSignal[] = [];
      target.script = (id, signal) => {
        signals.push(signal);
        return untilAborted(id, signal);
      };
      scheduler.track(aTrack({ firstDelayMs: 0, remainingMs: 1_000 }));
      await clock.advance(1_000);
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
      expect(target.expired).toEqual(['g1']);
    });

    it('tries again when expiring fails, without polling', async () => {
      const { clock, target, scheduler } = aPollScheduler();
      target.expireFailure = new Error('database is locked');
      scheduler.track(aTrack({ remainingMs: 1_000 }));
      await clock.advance(10_000);
      scheduler.wake('g1');
      expect(scheduler.stats().tracked).toBe(1);
      target.expireFailure = undefined;
      await clock.advance(30_000);
      expect([target.expired, target.polled]).toEqual([['g1'], []]);
      expect(scheduler.stats().tracked).toBe(0);
    });

    it('are known by kind', () => {
      const { scheduler } = aPollScheduler({ deadlineMs: { image: 1_000 } });
      const kinds = ['video', 'image', 'audio', 'constructor'];
      expect(kinds.map((kind) => scheduler.deadlineMs(kind))).toEqual([
        1_500_000, 1_000, 1_500_000, 1_500_000,
      ]);
    });
  });

  describe('stop', () => {
    it('waits for what is under way, starts nothing more and leaves no timer', async () => {
      const { clock, target, scheduler } = aPollScheduler({ maxActive: 1 });
      let done = 0;
      target.script = async () => {
        await clock.sleep(1_000);
        done += 1;
        return pending();
      };
      for (const id of ['g1', 'g2']) scheduler.track(aTrack({ id, firstDelayMs: 0 }));
      await clock.advance(0);
      const stopped = scheduler.stop();
      expect(scheduler.stop()).toBe(stopped);
      await clock.advance(1_000);
      await stopped;
      scheduler.track(aTrack({ id: 'g3', firstDelayMs: 0 }));
      await clock.advance(MINUTE_MS);
      expect([done, target.polled, clock.pendingTimers]).toEqual([1, ['g1'], 0]);
      expect(scheduler.stats()).toMatchObject({ tracked: 0, waiting: 0, due: 0 });
    });

    it('gives up on a poll that hangs, after aborting it', async () => {
      const { clock, target, scheduler } = aPollScheduler({ stopTimeoutMs: 300 });
      const signals: AbortSignal[] = [];
      target.script = (_id, signal) => {
        signals.push(signal);
        return hang();
      };
      scheduler.track(aTrack({ firstDelayMs: 0 }));
      await clock.advance(0);
      const stopped = scheduler.stop();
      await clock.advance(300);
      await stopped;
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
      expect(clock.pendingTimers).toBe(0);
    });
  });
});
