import { Logger } from '@nestjs/common';

import type { DueNode } from './due-heap.js';
import type { PollLane } from './gate-lane.js';
import type { PollListing, PollObservation, PollRequest, PollTarget } from './ports/poll-target.js';
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
  readonly #controller = new AbortController();
  /** Those that the target is asked about with others. */
  readonly #wishes: readonly PollWish[];
  #unwanted = 0;

  /** @param polls - at least one, all of one token; of one tracking of each id */
  constructor(
    readonly polls: readonly TrackedPoll[],
    readonly lane: PollLane,
  ) {
    this.#wishes = polls.length > 1 ? polls.map(({ id }) => new PollWish(id)) : [];
  }

  /** Whether nobody wants its answer. */
  get aborted(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Drops the answer for one id; the call is aborted once nothing of it is wanted. @returns whether it was */
  abortOne(id: string, reason: string): boolean {
    if (this.#wishes.find((wish) => wish.id === id)?.drop(abortOf(reason)) === true) this.#unwanted += 1;
    if (this.#unwanted < this.#wishes.length) return false;
    this.abort(reason);
    return true;
  }

  abort(reason: string): void {
    const cause = abortOf(reason);
    for (const wish of this.#wishes) wish.drop(cause);
    this.#controller.abort(cause);
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
    const { signal } = this.#controller;
    const [first, second] = this.polls;
    if (first !== undefined && second === undefined) {
      return this.#allOf(await target.poll(first.id, signal));
    }
    return this.#listed((await target.pollMany?.(this.#wishes, signal)) ?? ERROR);
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

/** One id of a call that asks about many. Most signals are never asked for: they are made when they are. */
class PollWish implements PollRequest {
  #controller: AbortController | undefined;
  #cause: DOMException | undefined;

  constructor(readonly id: string) {}

  get wanted(): boolean {
    return this.#cause === undefined;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#cause !== undefined) this.#controller.abort(this.#cause);
    return this.#controller.signal;
  }

  /** @returns whether it was wanted */
  drop(cause: DOMException): boolean {
    if (this.#cause !== undefined) return false;
    this.#cause = cause;
    this.#controller?.abort(cause);
    return true;
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
