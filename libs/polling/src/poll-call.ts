import { Logger } from '@nestjs/common';

import type { DueNode } from './due-heap.js';
import type { PollLane } from './gate-lane.js';
import { LateAbort, PollWish } from './poll-wish.js';
import type { PollListing, PollObservation, PollTarget } from './ports/poll-target.js';
import type { TrackedPoll } from './tracked-poll.js';

const ERROR = { outcome: 'error', retryAfterMs: null } as const;

/** What a call found. `observations` lacks what a list left out. */
export interface PollCallEnd {
  readonly observations: ReadonlyMap<string, PollObservation>;
  /** Requests that the call made. */
  readonly requests: number;
  /** Whether it asked for a list and got none. */
  readonly listFailed: boolean;
}

/** One call of the target under way: about one id, or about many of one token. */
export class PollCall implements DueNode {
  dueAt = 0;
  order = 0;
  position = -1;
  /** Took too long: a late `pending` counts as an error. */
  timedOut = false;
  /** Resolves once its end was taken in. */
  ended: Promise<void> = Promise.resolve();
  /** Whether the slot is still claimed. */
  holdsSlot = true;
  readonly #whole = new LateAbort();
  readonly #wishes: readonly PollWish[];

  /** @param polls - at least one, all of one token; of one tracking of each id */
  constructor(
    readonly polls: readonly TrackedPoll[],
    readonly lane: PollLane,
  ) {
    this.#wishes = polls.map(({ id }) => new PollWish(id));
  }

  /** Whether nobody wants its answer. */
  get aborted(): boolean {
    return this.#whole.aborted;
  }

  /** Drops the answer for one id; the call is aborted once nothing of it is wanted. @returns whether it was */
  abortOne(id: string, reason: string): boolean {
    this.#wishes.find((wish) => wish.id === id)?.abort(abortOf(reason));
    if (this.#wishes.some(({ wanted }) => wanted)) return false;
    this.abort(reason);
    return true;
  }

  abort(reason: string): void {
    const cause = abortOf(reason);
    for (const wish of this.#wishes) wish.abort(cause);
    this.#whole.abort(cause);
  }

  /** Calls the target. Never rejects: what it throws is logged and becomes an error. */
  async make(target: PollTarget): Promise<PollCallEnd> {
    try {
      const end = await this.#ask(target);
      return this.timedOut ? { ...end, observations: lateOnes(end.observations) } : end;
    } catch (error) {
      if (this.timedOut || !this.aborted) {
        new Logger('Polling').warn(`The poll of ${this.#name()} failed: ${String(error)}`);
      }
      return this.#allOf(ERROR);
    }
  }

  async #ask(target: PollTarget): Promise<PollCallEnd> {
    const [first, second] = this.#wishes;
    if (first !== undefined && second === undefined) return this.#allOf(await target.poll(first));
    return this.#listed((await target.pollMany?.(this.#wishes, this.#whole.signal)) ?? ERROR);
  }

  #listed(listing: PollListing): PollCallEnd {
    if (listing.outcome === 'error') return this.#allOf(listing);
    return { observations: listing.observations, requests: listing.requests, listFailed: false };
  }

  #allOf(observation: PollObservation): PollCallEnd {
    const observations = new Map<string, PollObservation>();
    for (const { id } of this.polls) observations.set(id, observation);
    return { observations, requests: 1, listFailed: this.polls.length > 1 };
  }

  #name(): string {
    const [first, ...others] = this.polls;
    return others.length === 0 ? (first?.id ?? '') : `${first?.id ?? ''} and ${others.length} others`;
  }
}

const abortOf = (reason: string): DOMException => new DOMException(reason, 'AbortError');

/** What a call found that took too long: that something was pending then is an error, and an end still counts. */
function lateOnes(observations: ReadonlyMap<string, PollObservation>): ReadonlyMap<string, PollObservation> {
  const judged = [...observations].map(
    ([id, found]) => [id, found.outcome === 'pending' ? ERROR : found] as const,
  );
  return new Map(judged);
}
