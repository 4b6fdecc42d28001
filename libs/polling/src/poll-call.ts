import { Logger } from '@nestjs/common';
import { assertNever } from 'penstock/kernel';

import type { PollLane } from './poll-slots.js';
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
export class PollCall {
  /** Took too long: a late `pending` counts as an error. */
  timedOut = false;
  /** Whether the slot is still claimed. */
  holdsSlot = true;
  readonly #logger = new Logger('Polling');
  readonly #controller = new AbortController();
  /** By id, what aborts when its answer is not wanted any more. */
  readonly #wanted: ReadonlyMap<string, AbortController>;

  /** @param polls - at least one, all of one token; of one tracking of each id */
  constructor(
    readonly polls: readonly TrackedPoll[],
    readonly lane: PollLane,
  ) {
    this.#wanted = new Map(polls.map(({ id }) => [id, new AbortController()]));
  }

  /** Whether nobody wants its answer. */
  get aborted(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Drops the answer for one id; the call is aborted once nothing of it is wanted. @returns whether it was */
  abortOne(id: string, reason: string): boolean {
    this.#wanted.get(id)?.abort(new DOMException(reason, 'AbortError'));
    for (const { signal } of this.#wanted.values()) if (!signal.aborted) return false;
    this.abort(reason);
    return true;
  }

  abort(reason: string): void {
    const cause = new DOMException(reason, 'AbortError');
    for (const controller of this.#wanted.values()) controller.abort(cause);
    this.#controller.abort(cause);
  }

  /** Calls the target. Never rejects: what it throws is logged and becomes an error. */
  async make(target: PollTarget): Promise<PollCallEnd> {
    try {
      const end = await this.#ask(target);
      const judged = [...end.observations].map(
        ([id, observation]) => [id, this.#judge(observation)] as const,
      );
      return { ...end, observations: new Map(judged) };
    } catch (error) {
      if (this.timedOut || !this.aborted) {
        this.#logger.warn(`The poll of ${this.#name()} failed: ${String(error)}`);
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
    const polls = this.polls.map(({ id }) => ({ id, signal: this.#wanted.get(id)?.signal ?? signal }));
    return this.#listed((await target.pollMany?.(polls, signal)) ?? ERROR);
  }

  #listed(listing: PollListing): PollCallEnd {
    if (listing.outcome === 'error') return this.#allOf(listing);
    return { observations: listing.observations, requests: listing.requests, listFailed: false };
  }

  #allOf(observation: PollObservation): PollCallEnd {
    const observations = new Map(this.polls.map(({ id }) => [id, observation]));
    return { observations, requests: 1, listFailed: this.polls.length > 1 };
  }

  #judge(observation: PollObservation): PollObservation {
    switch (observation.outcome) {
      case 'pending':
        return this.timedOut ? ERROR : observation;
      case 'error':
      case 'ended':
        return observation;
      default:
        return assertNever(observation);
    }
  }

  #name(): string {
    const [first, ...others] = this.polls;
    return others.length === 0 ? (first?.id ?? '') : `${first?.id ?? ''} and ${others.length} others`;
  }
}
