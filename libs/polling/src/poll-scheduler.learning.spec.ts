import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { aPollScheduler, type PollSchedulerFixture } from '../testing/index.js';
import { aTrack, pending } from '../testing/poll-scripts.js';
import { type PollEnd, type PollHistory, PollingStrategy } from './ports/polling-strategy.js';

/** Polls every second and writes down what it is told. */
class Recorder extends PollingStrategy {
  readonly seen: (readonly [progress: number | null, ageMs: number])[] = [];
  readonly ends: PollEnd[] = [];
  last: PollHistory | undefined;
  fails = false;

  override nextDelayMs(): number {
    return 1_000;
  }

  override observed(history: PollHistory): void {
    if (this.fails) throw new Error('It does not want to know.');
    this.seen.push([history.progress, history.ageMs]);
  }

  override ended(history: PollHistory, end: PollEnd): void {
    this.last = history;
    this.ends.push(end);
    if (this.fails) throw new Error('It does not want to know.');
  }
}

describe('what the scheduler tells a strategy that learns', () => {
  let strategy: Recorder;
  let fixture: PollSchedulerFixture;

  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  afterAll(() => {
    Logger.overrideLogger(new Logger());
  });
  beforeEach(() => {
    strategy = new Recorder();
    fixture = aPollScheduler({ strategy });
  });

  it('tells the beginning and every pending answer, with the traits', async () => {
    const traits = { provider: 'acme', model: 'm', size: '720p', duration: '4' };
    fixture.target.script = () => pending(30);
    fixture.scheduler.track(aTrack({ ...traits, progress: 10, ageMs: 500 }));
    await fixture.clock.advance(2_000);
    fixture.scheduler.untrack('g1');
    expect(strategy.seen).toEqual([
      [10, 500],
      [30, 1_500],
      [30, 2_500],
    ]);
    expect(strategy.last).toMatchObject({ id: 'g1', kind: 'video', ...traits, polls: 2 });
    expect(strategy.ends).toEqual([{ outcome: 'dropped' }]);
  });

  const endsWith = async (told: {
    end?: 'completed' | 'failed';
    endedAt?: number | null;
  }): Promise<PollEnd[]> => {
    fixture.target.script = () =>
      fixture.target.polled.length < 3 ? pending() : { outcome: 'ended', ...told };
    fixture.scheduler.track(aTrack());
    await fixture.clock.advance(4_000);
    return strategy.ends;
  };

  it.each(['completed', 'failed'] as const)('tells between which polls a %s one ended', async (end) => {
    expect(await endsWith({ end })).toEqual([{ outcome: end, afterMs: 2_000, byMs: 3_000 }]);
  });

  it.each([
    [2_400, 2_400, 2_400],
    [3_000, 3_000, 3_000],
    [1_900, 2_000, 3_000],
    [3_100, 2_000, 3_000],
    [Number.NaN, 2_000, 3_000],
  ])('takes the time that the upstream tells, %d ms, if it lies in between', async (atMs, afterMs, byMs) => {
    const endedAt = fixture.clock.now() + atMs;
    expect(await endsWith({ end: 'completed', endedAt })).toEqual([{ outcome: 'completed', afterMs, byMs }]);
  });

  it('says nothing of how it ended where the target does not', async () => {
    expect(await endsWith({})).toEqual([{ outcome: 'dropped' }]);
  });

  it('tells of a deadline how long it was surely pending', async () => {
    fixture.target.script = () => pending();
    fixture.scheduler.track(aTrack({ remainingMs: 3_500 }));
    await fixture.clock.advance(4_000);
    expect(strategy.ends).toEqual([{ outcome: 'expired', afterMs: 3_000 }]);
  });

  it('tells the end of each id once, at the latest when it stops', async () => {
    fixture.target.script = () => pending();
    fixture.scheduler.track(aTrack());
    fixture.scheduler.track(aTrack({ id: 'g2' }));
    fixture.scheduler.track(aTrack());
    await fixture.scheduler.stop();
    expect(strategy.ends).toHaveLength(3);
  });

  it('goes on when a strategy throws', async () => {
    strategy.fails = true;
    expect(await endsWith({ end: 'completed' })).toHaveLength(1);
    expect(fixture.target.polled).toHaveLength(3);
    expect(fixture.scheduler.stats().tracked).toBe(0);
  });
});
