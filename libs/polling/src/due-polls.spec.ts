import { describe, expect, it } from 'vitest';

import { DuePolls, type PollRanks } from './due-polls.js';

/** Ranks by name, the last one highest. */
const byName: PollRanks = { best: (ids) => [...ids].sort().at(-1) };

function filled(ranks?: PollRanks, dueAt = (index: number): number => index): DuePolls {
  const due = new DuePolls(ranks);
  for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) due.schedule(id, dueAt(index));
  return due;
}

const all = (due: DuePolls, now: number, scarce: boolean): (string | undefined)[] =>
  ['', '', '', '', ''].map(() => due.take(now, { scarce }));

describe('DuePolls', () => {
  it('gives the one of the highest rank while polls are scarce, else the most overdue', () => {
    expect(all(filled(byName), 10, true)).toEqual(['d', 'c', 'b', 'a', undefined]);
    expect(all(filled(byName), 10, false)).toEqual(['a', 'b', 'c', 'd', undefined]);
  });

  it('gives the most overdue without ranks, and where these have no opinion', () => {
    expect(all(filled(), 10, true)).toEqual(['a', 'b', 'c', 'd', undefined]);
    expect(all(filled({ best: () => undefined }), 10, true)).toEqual(['a', 'b', 'c', 'd', undefined]);
  });

  it('gives every other turn to the most overdue once that has been due for a minute', () => {
    expect(all(filled(byName), 60_004, true)).toEqual(['a', 'd', 'b', 'c', undefined]);
  });

  it('ranks no more than the 128 at the front, the most overdue among them', () => {
    const seen: (readonly string[])[] = [];
    const due = new DuePolls({ best: (ids) => (seen.push(ids), undefined) });
    for (let index = 0; index < 1_000; index += 1) due.schedule(`g${index}`, 1_000 - index);
    expect(due.take(2_000, { scarce: true })).toBe('g999');
    expect([seen[0]?.length, seen[0]?.[0]]).toEqual([128, 'g999']);
  });

  it('forgets what is removed, and says whether it was there', () => {
    const due = filled(byName);
    expect([due.remove('d'), due.remove('d'), due.first?.id]).toEqual([true, false, 'a']);
    expect(due.take(10, { scarce: true })).toBe('c');
  });
});
