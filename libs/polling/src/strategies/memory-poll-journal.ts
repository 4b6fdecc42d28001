import type { Clock } from 'penstock/kernel';

import { PollJournal, type PollRecord, type PollReport } from '../ports/poll-journal.js';

/** Bounds of a {@link MemoryPollJournal}. */
export interface MemoryPollJournalOptions {
  /** Polls of one id. @defaultValue 100 */
  readonly maxPerId?: number;
  /** Polls of all ids together. @defaultValue 50,000 */
  readonly maxPolls?: number;
  /** From the last poll of an id until it is forgotten, in milliseconds. @defaultValue one hour */
  readonly keptMs?: number;
}

interface Entry {
  total: number;
  readonly polls: PollReport[];
  lastAt: number;
}

/** In the memory of this process. The id that was polled longest ago makes room. `add` costs O(1), amortised. */
export class MemoryPollJournal extends PollJournal {
  /** The one that was polled longest ago first. */
  readonly #entries = new Map<string, Entry>();
  #polls = 0;

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
    this.#forget(maxPolls);
  }

  override of(id: string): PollRecord | undefined {
    this.#forget(Infinity);
    const entry = this.#entries.get(id);
    return entry === undefined ? undefined : { total: entry.total, polls: [...entry.polls] };
  }

  #forget(maxPolls: number): void {
    const { keptMs = 3_600_000 } = this.options;
    const oldest = this.clock.monotonic() - keptMs;
    for (const [id, { polls, lastAt }] of this.#entries) {
      if (lastAt > oldest && this.#polls <= maxPolls) return;
      this.#entries.delete(id);
      this.#polls -= polls.length;
    }
  }
}
