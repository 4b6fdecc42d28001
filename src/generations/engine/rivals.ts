import type { GenerationStore } from '../generation-store.js';
import type { Generation } from '../generation.entity.js';

/**
 * Requests equal to a lost one that are on their way to the same upstream. A job that is found may be theirs, and their
 * own answers tell whose it is. Requests to other processes are not known here.
 */
export class Rivals {
  /** By job, the attempts under way when it was seen first: what begins later has not made it. */
  readonly #suspects = new Map<string, ReadonlySet<string>>();

  /** @param isLost - tells of generations that are looked for themselves, and so have no answer to wait for */
  constructor(
    private readonly store: Pick<GenerationStore, 'liveOnes'>,
    private readonly lost: Generation,
    private readonly isLost: (id: string) => boolean,
  ) {}

  /** Whether an attempt that may have made the job has no answer yet. */
  mayOwn(jobId: string): boolean {
    const underWay = this.#underWay();
    const suspects = this.#suspects.get(jobId) ?? new Set(underWay);
    this.#suspects.set(jobId, suspects);
    return underWay.some((attempt) => suspects.has(attempt));
  }

  #underWay(): string[] {
    const { upstreamScope, model, remixOf, input } = this.lost;
    return this.store
      .liveOnes()
      .filter(
        (other) =>
          other.status === 'submitting' &&
          !this.isLost(other.id) &&
          other.upstreamScope === upstreamScope &&
          other.model === model &&
          other.remixOf === remixOf &&
          other.input.prompt === input.prompt,
      )
      .flatMap(({ attemptId }) => attemptId ?? []);
  }
}
