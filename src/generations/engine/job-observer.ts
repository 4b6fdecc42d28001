import { Injectable } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import type { JobSnapshot } from 'penstock/plugin-api';

import type { Redact } from '../../providers/index.js';
import { GenerationEvents } from '../generation-events.js';
import { GenerationStore } from '../generation-store.js';
import type { Generation } from '../generation.entity.js';
import { ProviderCalls } from './provider-calls.js';
import { Settlement, type Ending } from './settlement.js';

/** How often in a row the upstream must say that it does not know an accepted job before we believe it. */
const NOT_FOUND_LIMIT = 3;

/** How far the time of an end may be off by rounding: upstreams tell whole seconds. */
const COARSEST_CLOCK_MS = 1_000;

const LONGEST_CODE = 100;
const LONGEST_MESSAGE = 2_000;
const NO_REASON = {
  code: 'generation_failed',
  message: 'The upstream reports a failure and gives no reason.',
};

/** Applies what the upstream says of a job to its generation. Only what changed is written: an end at once, progress soon. */
@Injectable()
export class JobObserver {
  /** By generation: all polls, those that are not written yet included, and misses in a row. */
  readonly #watched = new Map<string, { polls: number; misses: number }>();

  constructor(
    private readonly store: GenerationStore,
    private readonly settlement: Settlement,
    private readonly calls: ProviderCalls,
    private readonly events: GenerationEvents,
    private readonly clock: Clock,
  ) {}

  /** Polls of a generation, the unwritten ones included. */
  polls(generation: Generation): number {
    return Math.max(generation.polls, this.#watched.get(generation.id)?.polls ?? 0);
  }

  /** Counts a poll that was made. */
  polled(id: string): void {
    this.#tally(id).polls += 1;
  }

  /** @returns whether the generation has ended */
  async observe(id: string, snapshot: JobSnapshot): Promise<boolean> {
    const generation = this.store.live(id);
    if (generation === undefined) return true;
    const ending = this.#endingOf(generation, snapshot);
    if (ending !== null) {
      const knownAt = this.clock.now();
      const settled = await this.end(generation, ending);
      if (settled !== null) this.#detected(settled, snapshot, knownAt);
      return true;
    }
    this.#advance(generation, snapshot);
    return false;
  }

  /** Ends a generation and writes down its polls. @returns the ended generation, or `null` when it had ended before */
  async end(generation: Generation, ending: Ending): Promise<Generation | null> {
    const { id } = generation;
    const polls = this.polls(this.store.live(id) ?? generation);
    const settled = await this.settlement.settle(id, ending, { polls });
    // Not before: until it has ended, a poll under way counts on.
    this.#watched.delete(id);
    return settled;
  }

  /** Rounded, an end may seem earlier than the request. One that is earlier still tells nothing, nor does none. */
  #detected({ provider, createdAt }: Generation, { completedAt }: JobSnapshot, knownAt: number): void {
    if (provider === null || completedAt == null || !(completedAt >= createdAt - COARSEST_CLOCK_MS)) return;
    this.events.detected({ provider, delayMs: Math.max(0, knownAt - Math.max(completedAt, createdAt)) });
  }

  #advance(generation: Generation, snapshot: JobSnapshot): void {
    const progress = Math.min(99, Math.floor(snapshot.progress ?? 0));
    if (progress > generation.progress)
      this.store.progress.add(generation.id, { progress, polls: this.polls(generation) });
  }

  #endingOf({ id, tokenId }: Generation, snapshot: JobSnapshot): Ending | null {
    switch (snapshot.status) {
      case 'completed':
        return { status: 'completed', assets: snapshot.assets };
      case 'failed':
        return failureIn(snapshot, this.calls.redactor(tokenId));
      case 'cancelled':
        return { status: 'cancelled' };
      case 'not_found':
        return this.#missed(id);
      default:
        this.#tally(id).misses = 0;
        return null;
    }
  }

  #missed(id: string): Ending | null {
    const tally = this.#tally(id);
    tally.misses += 1;
    if (tally.misses < NOT_FOUND_LIMIT) return null;
    return {
      status: 'failed',
      code: 'upstream_job_lost',
      message: `The upstream accepted the job and now says, ${String(NOT_FOUND_LIMIT)} times in a row, that it does not know it.`,
    };
  }

  #tally(id: string): { polls: number; misses: number } {
    let tally = this.#watched.get(id);
    if (tally === undefined) {
      tally = { polls: this.store.live(id)?.polls ?? 0, misses: 0 };
      this.#watched.set(id, tally);
    }
    return tally;
  }
}

/** The reason in the upstream's words. They are stored and shown, so they are bounded and hold no secret. */
function failureIn({ error }: JobSnapshot, redact: Redact): Ending {
  const { code, message } = error ?? NO_REASON;
  return {
    status: 'failed',
    code: redact(code).slice(0, LONGEST_CODE),
    message: redact(message).slice(0, LONGEST_MESSAGE),
  };
}
