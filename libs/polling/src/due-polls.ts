import type { QueuedPoll } from './ports/poll-queue.js';
import { MemoryPollQueue } from './strategies/memory-poll-queue.js';

/** Says which of several due polls is worth most. */
export interface PollRanks {
  /** One of `ids`, which are at least two; `undefined` leaves it to their order. Must not throw. */
  best(ids: readonly string[], now: number): string | undefined;
}

/** So many of the most overdue are ranked, at most. */
const MOST_RANKED = 128;
/** Once one has been due for so long, every other turn belongs to the most overdue, in milliseconds. */
const LONGEST_WAIT_MS = 60_000;

/** The due polls of one token. Every call costs O(log n), and a ranked `take` up to 128 ranks. */
export class DuePolls {
  readonly #queue = new MemoryPollQueue();
  #servedOldest = false;

  /** @param ranks - left out, the most overdue is always first */
  constructor(private readonly ranks?: PollRanks) {}

  /** The most overdue. */
  get first(): QueuedPoll | undefined {
    return this.#queue.peek();
  }

  schedule(id: string, dueAt: number): void {
    this.#queue.schedule(id, dueAt);
  }

  /** @returns whether it was there */
  remove(id: string): boolean {
    return this.#queue.remove(id);
  }

  /** Takes out the one whose turn it is: while polls are `scarce` the one of the highest rank, else the most overdue. */
  take(now: number, { scarce }: { readonly scarce: boolean }): string | undefined {
    const first = this.#queue.peek();
    if (first === undefined) return undefined;
    const id = scarce && !this.#isTurnOf(first, now) ? this.#best(now) : undefined;
    if (id === undefined) return this.#queue.popDue(Infinity)?.id;
    this.#queue.remove(id);
    return id;
  }

  #isTurnOf(first: QueuedPoll, now: number): boolean {
    this.#servedOldest = now - first.dueAt > LONGEST_WAIT_MS && !this.#servedOldest;
    return this.#servedOldest;
  }

  #best(now: number): string | undefined {
    if (this.ranks === undefined || this.#queue.size < 2) return undefined;
    const ids = this.#queue.front(MOST_RANKED).map(({ id }) => id);
    return this.ranks.best(ids, now);
  }
}
