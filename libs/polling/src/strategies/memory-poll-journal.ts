import type { Clock } from 'penstock/kernel';

import { PollJournal, type PollRecord, type PollReport } from '../ports/poll-journal.js';

/** Bounds of a {@link MemoryPollJournal}. */
export interface MemoryPollJournalOptions {
  /** Polls of one id. @defaultValue 100 */
  readonly maxPerId?: number;
  /** Polls of all ids together; when there is one more, some 5 % are forgotten at once. @defaultValue 50,000 */
  readonly maxPolls?: number;
  /** From the last poll of an id until it is forgotten, in milliseconds. @defaultValue one hour */
  readonly keptMs?: number;
}

interface Entry {
  total: number;
  readonly polls: PollReport[];
  lastAt: number;
}

/** The share of the polls that makes room at once. */
const ROOM = 0.05;

/**
 * In the memory of this process. The ids that were polled longest ago make room. `add` costs O(1), amortised: a look at the oldest
 * entry of a map is no cheap one, since it passes all that was taken out before it, and is so made for many at once.
 */
export class MemoryPollJournal extends PollJournal {
  /** The one that was polled longest ago first. */
  readonly #entries = new Map<string, Entry>();
  #polls = 0;
  /** Before this no id is old enough to be forgotten, on the monotonic clock. */
  #nothingOldBefore = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly options: MemoryPollJournalOptions = {},
  ) {
    super();
  }

  override add(report: PollReport): void {
    const { maxPerId = 100, maxPolls = 50_000 } = this.options;
    const entry: Entry = this.#entries.get(report.id) ?? { total: 0, polls: [], lastAt: 0 };
    this.#entries.delete(report.id);
    entry.total += 1;
    entry.lastAt = this.clock.monotonic();
    entry.polls.push(report);
    if (entry.polls.length > maxPerId) entry.polls.shift();
    else this.#polls += 1;
    this.#entries.set(report.id, entry);
    if (this.#polls > maxPolls) this.#forget(maxPolls - Math.floor(ROOM * maxPolls));
    else if (entry.lastAt >= this.#nothingOldBefore) this.#forget(Infinity);
  }

  override of(id: string): PollRecord | undefined {
    this.#forget(Infinity);
    const entry = this.#entries.get(id);
    return entry === undefined ? undefined : { total: entry.total, polls: [...entry.polls] };
  }

  #forget(maxPolls: number): void {
    const { keptMs = 3_600_000 } = this.options;
    const now = this.clock.monotonic();
    for (const [id, { polls, lastAt }] of this.#entries) {
      this.#nothingOldBefore = lastAt + keptMs;
      if (this.#nothingOldBefore > now && this.#polls <= maxPolls) return;
      this.#entries.delete(id);
      this.#polls -= polls.length;
    }
  }
}
