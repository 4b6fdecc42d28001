import { MemoryPollQueue } from './strategies/memory-poll-queue.js';

/** How many polls there may be at once. */
export interface SlotLimits {
  readonly maxActive: number;
  readonly maxActivePerToken: number;
}

interface TokenSlots {
  active: number;
  /** Ids whose poll is due, the most overdue first. */
  readonly due: MemoryPollQueue;
}

/** A poll that got a slot. */
export interface GrantedPoll {
  readonly id: string;
  readonly tokenId: string;
}

/**
 * Gives slots to due polls, the most overdue first, within a limit in all and one per token. A token without a free
 * slot never holds up the others. Every call costs O(log n).
 */
export class PollSlots {
  #active = 0;
  #due = 0;
  readonly #tokens = new Map<string, TokenSlots>();
  /** Tokens that have both a due poll and a free slot, by their most overdue poll. */
  readonly #open = new MemoryPollQueue();

  constructor(private limits: SlotLimits) {}

  /** Slots in use. */
  get active(): number {
    return this.#active;
  }

  /** Polls that wait for a slot. */
  get due(): number {
    return this.#due;
  }

  /** Lowering a limit takes no slot away: it holds for the next grants. */
  setLimits(limits: SlotLimits): void {
    this.limits = limits;
    for (const tokenId of this.#tokens.keys()) this.#refresh(tokenId);
  }

  /** Queues a due poll; `id` must not be queued already. */
  enqueue({ id, tokenId }: GrantedPoll, dueAt: number): void {
    const token = this.#tokens.get(tokenId) ?? { active: 0, due: new MemoryPollQueue() };
    this.#tokens.set(tokenId, token);
    token.due.schedule(id, dueAt);
    this.#due += 1;
    this.#refresh(tokenId);
  }

  /** Takes `id` out of the queue. Returns whether it was there. */
  remove({ id, tokenId }: GrantedPoll): boolean {
    const removed = this.#tokens.get(tokenId)?.due.remove(id) ?? false;
    if (removed) {
      this.#due -= 1;
      this.#refresh(tokenId);
    }
    return removed;
  }

  /** Claims a slot for the most overdue poll that may run; `undefined` when there is none. */
  take(): GrantedPoll | undefined {
    if (this.#active >= this.limits.maxActive) return undefined;
    const tokenId = this.#open.peek()?.id;
    if (tokenId === undefined) return undefined;
    const token = this.#tokens.get(tokenId);
    const poll = token?.due.popDue(Infinity);
    if (token === undefined || poll === undefined) return undefined;
    token.active += 1;
    this.#active += 1;
    this.#due -= 1;
    this.#refresh(tokenId);
    return { id: poll.id, tokenId };
  }

  /** Gives back a slot that `take` claimed for this token. */
  release(tokenId: string): void {
    const token = this.#tokens.get(tokenId);
    if (token === undefined || token.active === 0) return;
    token.active -= 1;
    this.#active -= 1;
    this.#refresh(tokenId);
  }

  #refresh(tokenId: string): void {
    const token = this.#tokens.get(tokenId);
    const first = token?.due.peek();
    if (token !== undefined && first !== undefined && token.active < this.limits.maxActivePerToken) {
      this.#open.schedule(tokenId, first.dueAt);
    } else {
      this.#open.remove(tokenId);
    }
    if (token?.active === 0 && token.due.size === 0) this.#tokens.delete(tokenId);
  }
}
