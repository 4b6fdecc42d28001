import type { PollJournal, PollReport } from 'penstock/polling';
import { beforeEach, describe, expect, it } from 'vitest';

/** A report of a poll that began at `startedAt`. */
export function aPollReport(id: string, startedAt: number): PollReport {
  return {
    id,
    plannedAt: startedAt,
    startedAt,
    endedAt: startedAt + 10,
    reason: 'plan',
    heldBy: null,
    outcome: 'pending',
    progress: 40,
  };
}

/** What every {@link PollJournal} must do. `create` gives an empty one that keeps three polls or more of an id. */
export function describePollJournal(name: string, create: () => PollJournal): void {
  describe(`${name} is a PollJournal`, () => {
    let journal: PollJournal;
    beforeEach(() => {
      journal = create();
    });

    it('knows nothing at first', () => {
      expect(journal.of('a')).toBeUndefined();
    });

    it('gives back what it was told of an id, oldest first', () => {
      const polls = [1, 2, 3].map((at) => aPollReport('a', at));
      for (const poll of polls) journal.add(poll);
      journal.add(aPollReport('b', 4));
      expect(journal.of('a')).toEqual({ total: 3, polls });
      expect(journal.of('b')).toEqual({ total: 1, polls: [aPollReport('b', 4)] });
      expect(journal.of('c')).toBeUndefined();
    });

    it('changes nothing that it gave out', () => {
      journal.add(aPollReport('a', 1));
      const before = journal.of('a');
      journal.add(aPollReport('a', 2));
      expect(before).toEqual({ total: 1, polls: [aPollReport('a', 1)] });
    });
  });
}
