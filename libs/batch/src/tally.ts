import { type BatchTally, ITEM_STATES, type ItemRecord, type ItemState } from './batch.js';

/** A {@link BatchTally} that is being counted. */
export class Tally implements BatchTally {
  readonly counts = Object.fromEntries(ITEM_STATES.map((state) => [state, 0])) as Record<ItemState, number>;
  readonly results: Record<string, number> = {};
  readonly changes: Record<string, number> = {};

  /** Counts `count` items that are alike. */
  add({ state, result, changes }: Pick<ItemRecord, 'state' | 'result' | 'changes'>, count: number): void {
    this.counts[state] += count;
    if (result !== null) this.results[result] = (this.results[result] ?? 0) + count;
    for (const word of changes) this.changes[word] = (this.changes[word] ?? 0) + count;
  }
}
