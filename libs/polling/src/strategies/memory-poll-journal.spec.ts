import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { aPollReport, describePollJournal } from '../../testing/poll-journal.conformance.js';
import { MemoryPollJournal } from './memory-poll-journal.js';

describePollJournal('MemoryPollJournal', () => new MemoryPollJournal(new ManualClock()));

describe('MemoryPollJournal', () => {
  it('keeps the last polls of an id and counts all', () => {
    const journal = new MemoryPollJournal(new ManualClock(), { maxPerId: 2 });
    for (const at of [1, 2, 3, 4]) journal.add(aPollReport('a', at));
    expect(journal.of('a')).toEqual({ total: 4, polls: [aPollReport('a', 3), aPollReport('a', 4)] });
  });

  it('forgets the id that was polled longest ago when there are too many polls', () => {
    const journal = new MemoryPollJournal(new ManualClock(), { maxPolls: 4 });
    for (const id of ['a', 'b', 'b', 'a']) journal.add(aPollReport(id, 1));
    journal.add(aPollReport('c', 2));
    expect([journal.of('a')?.total, journal.of('b'), journal.of('c')?.total]).toEqual([2, undefined, 1]);
    for (const at of [3, 4]) journal.add(aPollReport('c', at));
    expect([journal.of('a'), journal.of('c')?.total]).toEqual([undefined, 3]);
  });

  it('makes room for many at once when it is full, and never holds more than it may', () => {
    const journal = new MemoryPollJournal(new ManualClock(), { maxPolls: 100 });
    const kept = (): string[] => ids.filter((id) => journal.of(id) !== undefined);
    const ids = Array.from({ length: 300 }, (_, index) => `id-${index}`);
    const sizes = ids.map((id) => {
      journal.add(aPollReport(id, 1));
      return kept().length;
    });
    expect([sizes[99], sizes[100], sizes[105], sizes[106]]).toEqual([100, 95, 100, 95]);
    expect(Math.max(...sizes)).toBe(100);
    expect(kept()).toEqual(ids.slice(-(sizes.at(-1) ?? 0)));
  });

  it('counts no poll of an id twice when its oldest ones make room', () => {
    const journal = new MemoryPollJournal(new ManualClock(), { maxPerId: 1, maxPolls: 2 });
    journal.add(aPollReport('a', 1));
    for (let at = 0; at < 50; at += 1) journal.add(aPollReport('b', at));
    expect([journal.of('a')?.total, journal.of('b')?.total]).toEqual([1, 50]);
  });

  it('forgets an id some time after its last poll', async () => {
    const clock = new ManualClock();
    const journal = new MemoryPollJournal(clock, { keptMs: 1_000 });
    journal.add(aPollReport('a', 1));
    await clock.advance(600);
    journal.add(aPollReport('b', 1));
    await clock.advance(399);
    expect(journal.of('a')?.total).toBe(1);
    await clock.advance(1);
    expect([journal.of('a'), journal.of('b')?.total]).toEqual([undefined, 1]);
  });
});
