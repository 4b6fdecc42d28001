import { Injectable } from '@nestjs/common';
import type { JobSnapshot } from 'penstock/plugin-api';

import { GenerationStore } from '../generation-store.js';
import type { Generation } from '../generation.entity.js';
import { Settlement, type Ending } from './settlement.js';

/** How often in a row the upstream must say that it does not know an accepted job before we believe it. */
const NOT_FOUND_LIMIT = 3;

/** Applies what the upstream says of a job to its generation. Only what changed is written. */
@Injectable()
export class JobObserver {
  /** Polls and misses since the last write, by generation. */
  readonly #unwritten = new Map<string, { polls: number; misses: number }>();

  constructor(
    private readonly store: GenerationStore,
    private readonly settlement: Settlement,
  ) {}

  /** Polls of a generation, the unwritten ones included. */
  polls(generation: Generation): number {
    return generation.polls + (this.#unwritten.get(generation.id)?.polls ?? 0);
  }

  /** Counts a poll that was made. */
  polled(id: string): void {
    this.#tally(id).polls += 1;
  }

  /** @returns whether the generation has ended */
  async observe(id: string, snapshot: JobSnapshot): Promise<boolean> {
    const generation = this.store.live(id);
    if (generation === undefined) return true;
    const ending = this.#endingOf(id, snapshot);
    if (ending !== null) {
      await this.settlement.settle(id, ending, { polls: this.polls(generation) });
      this.#unwritten.delete(id);
      return true;
    }
    await this.#advance(generation, snapshot);
    return false;
  }

  /** Forgets a generation that ended otherwise. */
  forget(id: string): void {
    this.#unwritten.delete(id);
  }

  async #advance(generation: Generation, snapshot: JobSnapshot): Promise<void> {
    const progress = Math.min(99, Math.floor(snapshot.progress ?? 0));
    if (progress <= generation.progress) return;
    const tally = this.#tally(generation.id);
    const written = tally.polls;
    await this.store.change(
      generation.id,
      { progress, polls: generation.polls + written },
      { from: ['in_progress'] },
    );
    tally.polls -= written;
  }

  #endingOf(id: string, snapshot: JobSnapshot): Ending | null {
    switch (snapshot.status) {
      case 'completed':
        return { status: 'completed', assets: snapshot.assets };
      case 'failed':
        return {
          status: 'failed',
          code: snapshot.error?.code ?? 'generation_failed',
          message: snapshot.error?.message ?? 'The upstream reports a failure and gives no reason.',
        };
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
    let tally = this.#unwritten.get(id);
    if (tally === undefined) {
      tally = { polls: 0, misses: 0 };
      this.#unwritten.set(id, tally);
    }
    return tally;
  }
}
