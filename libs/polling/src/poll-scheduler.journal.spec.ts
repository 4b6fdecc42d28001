import { describe, expect, it } from 'vitest';

import { aListingScheduler, aPollScheduler } from '../testing/index.js';
import { aTrack, pending, untilAborted } from '../testing/poll-scripts.js';
import { PollJournal, type PollRecord, type PollReport } from './ports/poll-journal.js';
import type { PollObservation } from './ports/poll-target.js';

/** Writes down all reports of all ids. */
class Notes extends PollJournal {
  readonly reports: PollReport[] = [];

  override add(report: PollReport): void {
    this.reports.push(report);
  }

  override of(): PollRecord | undefined {
    return undefined;
  }

  get reasons(): string[] {
    return this.reports.map(({ reason, heldBy }) => (heldBy === null ? reason : `${reason}, ${heldBy}`));
  }
}

const playing = (...answers: PollObservation[]) => {
  let next = 0;
  return () => answers[next++] ?? pending();
};

describe('PollScheduler, and the journal of its polls', () => {
  it('reports when each poll was planned, began and ended, why, and what it found', async () => {
    const journal = new Notes();
    const { clock, target, scheduler } = aPollScheduler({}, { journal });
    const bornAt = clock.now();
    const answer = playing(pending(10), { outcome: 'ended', end: 'completed' });
    target.script = async () => {
      await clock.sleep(50);
      return answer();
    };
    scheduler.track(aTrack({ firstDelayMs: 100 }));
    await clock.advance(10_000);
    const [first, second, ...others] = journal.reports;
    expect(first).toEqual({
      id: 'g1',
      plannedAt: bornAt + 100,
      startedAt: bornAt + 100,
      endedAt: bornAt + 150,
      reason: 'first',
      heldBy: null,
      outcome: 'pending',
      progress: 10,
    });
    expect(second).toEqual({
      id: 'g1',
      plannedAt: bornAt + 5_150,
      startedAt: bornAt + 5_150,
      endedAt: bornAt + 5_200,
      reason: 'plan',
      heldBy: null,
      outcome: 'completed',
      progress: null,
    });
    expect(others).toEqual([]);
  });

  it('tells a back-off from a Retry-After, and a wish from the plan', async () => {
    const journal = new Notes();
    const { clock, target, scheduler } = aPollScheduler({}, { journal });
    target.script = playing(
      { outcome: 'error', retryAfterMs: null },
      { outcome: 'error', retryAfterMs: 50_000 },
      pending(0, 30_000),
      pending(0, 1),
      { outcome: 'ended', end: 'failed' },
    );
    scheduler.track(aTrack());
    await clock.advance(200_000);
    expect(journal.reasons).toEqual(['plan', 'back_off', 'retry_after', 'upstream_wish', 'plan']);
    expect(journal.reports.map(({ outcome }) => outcome)).toEqual([
      'error',
      'error',
      'pending',
      'pending',
      'failed',
    ]);
  });

  it('tells that something woke it', async () => {
    const journal = new Notes();
    const { clock, scheduler } = aPollScheduler({}, { journal });
    scheduler.track(aTrack());
    await clock.advance(1_000);
    scheduler.wake('g1');
    await clock.advance(0);
    expect(journal.reasons).toEqual(['wake']);
  });

  it('tells what a poll that came late has waited for', async () => {
    const reasons = async (options: Parameters<typeof aPollScheduler>[0], answer: PollObservation) => {
      const journal = new Notes();
      const { clock, target, scheduler } = aPollScheduler(options, { journal });
      target.script = async () => {
        await clock.sleep(10);
        return answer;
      };
      for (const id of ['g1', 'g2']) scheduler.track(aTrack({ id, firstDelayMs: 60_000 }));
      await clock.advance(140_000);
      return journal.reasons.slice(0, 2);
    };
    expect(await reasons({ maxActive: 1 }, pending(0))).toEqual(['first', 'first, slots']);
    expect(await reasons({ maxActivePerToken: 1 }, pending(0))).toEqual(['first', 'first, slots']);
    const banned = { outcome: 'error', retryAfterMs: 1_000, ofToken: true } as const;
    expect(await reasons({ maxActivePerToken: 1 }, banned)).toEqual(['first', 'first, retry_after']);
    expect(await reasons({ tokenPollsPerMinute: 2 }, pending(0))).toEqual(['first', 'first, budget']);
    expect(await reasons({ originPollsPerMinute: 2 }, pending(0))).toEqual(['first', 'first, budget']);
  });

  it('tells the ones that went along with a list, and the ones that it left out', async () => {
    const journal = new Notes();
    const { clock, target, scheduler } = aListingScheduler({}, { journal });
    target.list = () => ({
      outcome: 'listed',
      requests: 1,
      observations: new Map([
        ['g1', pending(5)],
        ['g2', pending(6)],
      ]),
    });
    for (const [index, id] of ['g1', 'g2', 'g3'].entries())
      scheduler.track(aTrack({ id, listed: true, firstDelayMs: index }));
    await clock.advance(10);
    expect(journal.reports.map(({ id, reason, outcome }) => [id, reason, outcome])).toEqual([
      ['g1', 'first', 'pending'],
      ['g2', 'list', 'pending'],
      ['g3', 'list', 'left_out'],
      ['g3', 'left_out', 'pending'],
    ]);
  });

  it('says nothing of an answer that nobody wants any more', async () => {
    const journal = new Notes();
    const { clock, target, scheduler } = aPollScheduler({}, { journal });
    target.script = untilAborted;
    scheduler.track(aTrack({ firstDelayMs: 0 }));
    await clock.advance(10);
    scheduler.untrack('g1');
    await clock.advance(10);
    expect([target.polled, journal.reports]).toEqual([['g1'], []]);
  });
});
