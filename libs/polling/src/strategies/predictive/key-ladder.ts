import type { LearnedModel } from '../../ports/poll-knowledge.js';
import { cdfOf, quantileMs } from './duration-bins.js';
import type { LearnedKey } from './learned-key.js';
import { priorLaw } from './prior-law.js';
import { type BandEstimate, type BandLesson, UNCALIBRATED } from './progress-calibration.js';

const PRIOR = priorLaw();
/** The prior keeps this much of every law, so that nothing is held for impossible. */
const PRIOR_SHARE = 0.03;

/** What is known of one kind of generation: its own key and the coarser ones that stand in for what it lacks. */
export class KeyLadder {
  #cdf: Float64Array | undefined;
  #revision = -1;

  /** @param keys - from the finest to the coarsest */
  constructor(readonly keys: readonly [LearnedKey, ...LearnedKey[]]) {}

  /** The law of durations at the edges of bins. Computed once for what is known. */
  cdf(): Float64Array {
    const revision = this.keys.reduce((sum, key) => sum + key.revision, 0);
    if (this.#cdf === undefined || revision !== this.#revision) {
      this.#cdf = cdfOf(this.#coarserThan(-1).map(withPrior));
      this.#revision = revision;
    }
    return this.#cdf;
  }

  /** How far progress in a band can be believed. */
  estimate(band: number): BandEstimate {
    return this.keys.reduceRight((coarser, key) => key.progress.estimate(band, coarser), UNCALIBRATED);
  }

  /** Teaches every key that a generation ended between two ages; `byMs` may be infinite. */
  learnDuration(afterMs: number, byMs: number, now: number): void {
    // The finest first: it is compared with what the coarser ones knew before.
    for (const [index, key] of this.keys.entries()) {
      key.durations.learn(this.#coarserThan(index), afterMs, byMs);
      key.jobs += 1;
      key.lastSeenAt = now;
      key.revision += 1;
    }
  }

  /** Teaches every key what a generation showed of progress. */
  learnProgress(lessons: readonly BandLesson[]): void {
    for (const key of this.keys) {
      for (const lesson of lessons) key.progress.learn(lesson);
    }
  }

  /** What is known of its finest key, for people. */
  describe(): LearnedModel {
    const [{ traits, jobs, lastSeenAt, progress }] = this.keys;
    const at = (share: number): number => Math.round(quantileMs(this.cdf(), share));
    const quantilesMs = { p10: at(0.1), p50: at(0.5), p90: at(0.9), p99: at(0.99) };
    return { ...traits, jobs, quantilesMs, progressTrusted: progress.isTrusted, lastSeenAt };
  }

  #coarserThan(index: number): Float64Array {
    return this.keys.slice(index + 1).reduceRight((coarser, key) => key.durations.density(coarser), PRIOR);
  }
}

const withPrior = (share: number, bin: number): number =>
  (1 - PRIOR_SHARE) * share + PRIOR_SHARE * (PRIOR[bin] ?? 0);
