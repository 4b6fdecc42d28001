import { describe, expect, it } from 'vitest';

import { aPollScheduler } from '../testing/index.js';
import { MINUTE_MS, aTrack, pending } from '../testing/poll-scripts.js';
import type { TrackRequest } from './tracked-poll.js';

describe('PollScheduler', () => {
  it('polls by the strategy until the generation ends', async () => {
    const { clock, target, scheduler } = aPollScheduler();
    const at: number[] = [];
    const answers = [pending(10), pending(40), pending(80), { outcome: 'ended' } as const];
    target.script = () => {
      at.push(clock.monotonic());
      return answers.shift() ?? pending();
    };
    scheduler.track(aTrack());
    await clock.advance(MINUTE_MS);
    expect(at).toEqual([5_000, 10_000, 13_000, 15_000]);
    expect(scheduler.stats()).toEqual({
      tracked: 0,
      active: 0,
      waiting: 0,
      due: 0,
      abandoned: 0,
      overdueMs: 0,
      stretch: 1,
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it('needs one timer for any number of ids', async () => {
    const { clock, scheduler } = aPollScheduler();
    for (let i = 0; i < 500; i += 1) scheduler.track(aTrack({ id: `g${i}`, firstDelayMs: i }));
    await clock.advance(0);
    expect(clock.pendingTimers).toBe(1);
    expect(scheduler.stats().tracked).toBe(500);
  });

  it('tells how long something has been due when its timer does not fire', async () => {
    const { clock, target, scheduler } = aPollScheduler();
    const setTimer = clock.setTimer.bind(clock);
    target.script = () => pending();
    scheduler.track(aTrack({ firstDelayMs: 1_000 }));
    clock.setTimer = () => ({ cancel: () => undefined });
    await clock.advance(1_000);
    expect(scheduler.stats().overdueMs).toBe(0);
    await clock.advance(40_000);
    expect(scheduler.stats()).toMatchObject({ tracked: 1, active: 0, overdueMs: 40_000 });
    clock.setTimer = setTimer;
    scheduler.track(aTrack({ id: 'g2', firstDelayMs: 1_000 }));
    await clock.advance(0);
    expect(scheduler.stats().overdueMs).toBe(0);
  });

  it('counts polls without change, and starts again when progress comes', async () => {
    const { clock, target, scheduler } = aPollScheduler();
    const at: number[] = [];
    target.script = () => {
      at.push(clock.monotonic());
      return pending(at.length > 4 ? 20 : null);
    };
    scheduler.track(aTrack({ firstDelayMs: 0 }));
    await clock.advance(36_000);
    expect(at).toEqual([0, 5_000, 10_000, 17_500, 25_000, 30_000, 35_000]);
  });

  describe('what the upstream wishes', () => {
    it.each([
      [1_000, 5_000],
      [8_000, 8_000],
      [3_600_000, 60_000],
      [-5, 5_000],
      [NaN, 5_000],
    ])('pollAfterMs %d gives a delay of %i ms', async (pollAfterMs, delayMs) => {
      const { clock, target, scheduler } = aPollScheduler();
      target.script = () => pending(10, pollAfterMs);
      scheduler.track(aTrack({ firstDelayMs: 0 }));
      await clock.advance(0);
      expect(scheduler.nextPollAt('g1')).toBe(clock.now() + delayMs);
    });

    it('obeys Retry-After, even when woken', async () => {
      const { clock, target, scheduler } = aPollScheduler();
      target.script = () => ({ outcome: 'error', retryAfterMs: 120_000 });
      scheduler.track(aTrack({ firstDelayMs: 0 }));
      await clock.advance(1_000);
      scheduler.wake('g1');
      await clock.advance(118_999);
      expect(target.polled).toHaveLength(1);
      await clock.advance(1);
      expect(target.polled).toHaveLength(2);
    });
  });

  describe('wake', () => {
    it('polls at once, and then by the strategy', async () => {
      const { clock, target, scheduler } = aPollScheduler();
      scheduler.track(aTrack());
      await clock.advance(1_000);
      scheduler.wake('g1');
      scheduler.wake('g1');
      await clock.advance(0);
      expect(target.polled).toHaveLength(1);
      await clock.advance(5_000);
      expect(target.polled).toHaveLength(2);
    });

    it('asks once more when a poll is under way, since its answer may be older', async () => {
      const { clock, target, scheduler } = aPollScheduler();
      target.script = async () => {
        await clock.sleep(1_000);
        return pending();
      };
      scheduler.track(aTrack({ firstDelayMs: 0 }));
      await clock.advance(500);
      scheduler.wake('g1');
      scheduler.wake('g1');
      await clock.advance(500);
      expect(target.polled).toHaveLength(2);
      await clock.advance(1_000);
      expect(target.polled).toHaveLength(2);
    });

    it('leaves unknown ids alone', async () => {
      const { clock, target, scheduler } = aPollScheduler();
      scheduler.wake('nobody');
      scheduler.untrack('nobody');
      await clock.advance(MINUTE_MS);
      expect(target.polled).toEqual([]);
    });
  });

  describe('untrack and track again', () => {
    it('aborts the poll under way and ignores its answer', async () => {
      const { clock, target, scheduler } = aPollScheduler();
      target.script = async (_id, signal) => {
        await clock.sleep(1_000, signal);
        return pending();
      };
      scheduler.track(aTrack({ firstDelayMs: 0 }));
      await clock.advance(10);
      scheduler.untrack('g1');
      await clock.advance(MINUTE_MS);
      expect(target.polled).toEqual(['g1']);
      expect(clock.pendingTimers).toBe(0);
    });

    it('starts the new polls only after the old one has ended', async () => {
      const { clock, target, scheduler } = aPollScheduler();
      target.script = async () => {
        await clock.sleep(2_000);
        return pending();
      };
      scheduler.track(aTrack({ firstDelayMs: 0 }));
      await clock.advance(10);
      scheduler.track(aTrack({ tokenId: 't2', firstDelayMs: 0 }));
      await clock.advance(1_989);
      expect(target.polled).toHaveLength(1);
      await clock.advance(1);
      expect(target.polled).toHaveLength(2);
      expect(scheduler.stats()).toMatchObject({ tracked: 1, active: 1 });
    });

    it.each<[Partial<TrackRequest>, string]>([
      [{ remainingMs: NaN }, 'remainingMs must be a finite number'],
      [{ firstDelayMs: -1 }, 'firstDelayMs must be a finite number >= 0, got -1'],
      [{ ageMs: Infinity }, 'ageMs must be a finite number >= 0, got Infinity'],
    ])('refuses %j', (changes, message) => {
      const { scheduler } = aPollScheduler();
      expect(() => {
        scheduler.track(aTrack(changes));
      }).toThrow(message);
      expect(scheduler.stats().tracked).toBe(0);
    });
  });

  describe('time', () => {
    it('ignores jumps of the wall clock', async () => {
      const { clock, target, scheduler } = aPollScheduler();
      scheduler.track(aTrack());
      await clock.advance(1_000);
      clock.jump(-86_400_000);
      expect(scheduler.nextPollAt('g1')).toBe(clock.now() + 4_000);
      clock.jump(2 * 86_400_000);
      await clock.advance(3_999);
      expect(target.polled).toEqual([]);
      await clock.advance(1);
      expect(target.polled).toEqual(['g1']);
    });
  });
});
