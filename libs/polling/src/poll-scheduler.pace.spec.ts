import { describe, expect, it } from 'vitest';

import { aPollScheduler } from '../testing/index.js';
import { aTrack, MINUTE_MS, pending } from '../testing/poll-scripts.js';
import type { PollReport } from './ports/poll-journal.js';
import { PollJournal } from './ports/poll-journal.js';

class Reports extends PollJournal {
  readonly all: PollReport[] = [];

  override add(report: PollReport): void {
    this.all.push(report);
  }

  override of(): undefined {
    return undefined;
  }
}

/** Of 24 ids of a token each, one is near its end and wants a poll four times as often as the others. */
const pauseMs = (id: string): number => (id === 'near' ? 500 : 2_000);

describe('PollScheduler with more polls than it can make', () => {
  /** Four polls a second, where 13 are wanted. */
  const overloaded = () => {
    const reports = new Reports();
    const strategy = { nextDelayMs: ({ id }: { readonly id: string }) => pauseMs(id) };
    const { clock, target, scheduler } = aPollScheduler({ strategy, maxActive: 1 }, { journal: reports });
    target.script = async () => {
      await clock.sleep(250);
      return pending();
    };
    for (let index = 0; index < 23; index += 1)
      scheduler.track(aTrack({ id: `far${String(index)}`, tokenId: `t${String(index)}` }));
    scheduler.track(aTrack({ id: 'near', tokenId: 'near' }));
    return { clock, scheduler, reports: reports.all };
  };

  it('takes longer pauses, so that polls begin about when they were planned and what is near its end is not held up', async () => {
    const { clock, scheduler, reports } = overloaded();
    await clock.advance(MINUTE_MS);
    reports.length = 0;
    await clock.advance(MINUTE_MS);
    expect(scheduler.stats().stretch).toBeGreaterThan(2);
    const late = reports.map(({ plannedAt, startedAt }) => startedAt - plannedAt).sort((a, b) => a - b);
    expect(late[Math.floor(late.length / 2)]).toBeLessThan(500);
    const near = reports.filter(({ id }) => id === 'near').length;
    expect(near).toBeGreaterThan((2 * (reports.length - near)) / 23);
    const stopped = scheduler.stop();
    await clock.advance(1_000);
    await stopped;
  });

  it('goes back to the pauses of the strategy when there is less to do', async () => {
    const { clock, scheduler, reports } = overloaded();
    await clock.advance(MINUTE_MS);
    expect(scheduler.stats().stretch).toBeGreaterThan(2);
    for (let index = 1; index < 23; index += 1) scheduler.untrack(`far${String(index)}`);
    scheduler.untrack('near');
    await clock.advance(MINUTE_MS);
    expect(scheduler.stats().stretch).toBe(1);
    reports.length = 0;
    await clock.advance(21_000);
    expect(reports.filter(({ id }) => id === 'far0').length).toBeGreaterThanOrEqual(9);
    const stopped = scheduler.stop();
    await clock.advance(1_000);
    await stopped;
  });

  it('takes longer pauses at the origin whose slots are full, and nowhere else', async () => {
    const reports = new Reports();
    const strategy = { nextDelayMs: () => 1_000 };
    const { clock, target, scheduler } = aPollScheduler(
      { strategy, maxActivePerOrigin: 2 },
      { journal: reports },
    );
    target.script = async (id) => {
      if (id.startsWith('slow')) await clock.sleep(1_000);
      return pending();
    };
    for (let index = 0; index < 10; index += 1)
      scheduler.track(
        aTrack({ id: `slow${String(index)}`, tokenId: `t${String(index)}`, origin: 'https://slow.test' }),
      );
    scheduler.track(aTrack({ id: 'quick', tokenId: 'quick', origin: 'https://quick.test' }));
    await clock.advance(2 * MINUTE_MS);
    expect(scheduler.stats().stretch).toBeGreaterThan(2);
    reports.all.length = 0;
    await clock.advance(MINUTE_MS);
    expect(reports.all.filter(({ id }) => id === 'quick').length).toBeGreaterThan(55);
    const late = reports.all.map(({ plannedAt, startedAt }) => startedAt - plannedAt).sort((a, b) => a - b);
    expect(late[Math.floor(late.length / 2)]).toBeLessThan(500);
    const stopped = scheduler.stop();
    await clock.advance(1_000);
    await stopped;
  });

  it.each([{ tokenPollsPerMinute: 6 }, { originPollsPerMinute: 6 }, { maxActivePerToken: 1 }])(
    'leaves pauses alone where %o is what holds polls up',
    async (bound) => {
      const strategy = { nextDelayMs: () => 1_000 };
      const { clock, target, scheduler } = aPollScheduler({ strategy, ...bound });
      target.script = async () => {
        await clock.sleep(500);
        return pending();
      };
      for (let index = 0; index < 20; index += 1) scheduler.track(aTrack({ id: `g${String(index)}` }));
      await clock.advance(5 * MINUTE_MS);
      expect(scheduler.stats().stretch).toBe(1);
      const stopped = scheduler.stop();
      await clock.advance(1_000);
      await stopped;
    },
  );
});
