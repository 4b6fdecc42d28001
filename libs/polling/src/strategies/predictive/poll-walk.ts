import { positionOf, shareBelow } from './duration-bins.js';
import { PollOutlook } from './poll-outlook.js';
import type { BandEstimate } from './progress-calibration.js';

/** The time left that progress suggests. */
export interface Suggestion {
  /** Time left when progress was seen, in milliseconds. */
  readonly etaMs: number;
  /** The age at which it was seen, in milliseconds. */
  readonly atMs: number;
  readonly estimate: BandEstimate;
}

/** When to poll next. */
export interface PollQuestion {
  /** Law of durations at the edges of bins, from 0 to 1. */
  readonly cdf: Float64Array;
  readonly ageMs: number;
  readonly suggestion: Suggestion | null;
}

/** What a poll costs, and within what bounds it comes. All in milliseconds. */
export interface PollPrice {
  /** The delay that is as bad as one poll more. */
  readonly priceMs: number;
  readonly minIntervalMs: number;
  readonly maxIntervalMs: number;
}

/** Cells of time left: from 0, then each 14 % longer, to nearly an hour. */
const CELLS = 73;
const EDGES = Float64Array.from({ length: CELLS + 1 }, (_, cell) =>
  cell === 0 ? 0 : 250 * 1.14 ** (cell - 1),
);
const MIDDLES = Float64Array.from(
  { length: CELLS },
  (_, cell) => ((EDGES[cell] ?? 0) + (EDGES[cell + 1] ?? 0)) / 2,
);
const TINY = 1e-6;
/** What is less likely than its exponential is left out. */
const LEAST_EXPONENT = -40;

/**
 * Chooses intervals so that price x polls + delay is least, for what is known of the time left.
 *
 * Polls that are close to each other find an end that comes with density f, after half an interval in the mean; where S
 * is the share that is still under way, the best number of polls in a unit of time is sqrt(f / (2 c S)) (Keller 1974,
 * "Optimum checking schedules for systems subject to random failure"; the exact schedule that it approximates is that
 * of Barlow, Hunter and Proschan 1963, "Optimum checking procedures"). The next poll comes where the integral of that
 * reaches 1: to use its value at this instant would overshoot where it rises from nothing.
 */
export class PollWalk {
  readonly #mass = new Float64Array(CELLS);
  readonly #likely = new Float64Array(CELLS);
  /** Of all that one call asks about: ends in a unit of time, by cell. */
  readonly #hazard = new Float64Array(CELLS);

  /** Milliseconds until the next poll, within the bounds of `price`. */
  delayMs(question: PollQuestion, price: PollPrice): number {
    const total = this.#prepare(question);
    const delayMs = total > 0 ? this.#walk(total, price) : question.ageMs / 10;
    return Math.min(price.maxIntervalMs, Math.max(price.minIntervalMs, delayMs));
  }

  /**
   * Milliseconds until one call that asks about all of them. What ends of each in a unit of time adds up: the best number
   * of calls is the square root of the sum.
   */
  sharedDelayMs(questions: readonly PollQuestion[], price: PollPrice): number {
    this.#hazard.fill(0);
    let leastMs = Infinity;
    for (const question of questions) {
      const total = this.#prepare(question);
      if (total > 0) this.#addHazard(total);
      else leastMs = Math.min(leastMs, question.ageMs / 10);
    }
    const delayMs = Math.min(leastMs, this.#walkHazard(price));
    return Math.min(price.maxIntervalMs, Math.max(price.minIntervalMs, delayMs));
  }

  /** How likely the end has come, some time after the age of the question, at which it had not. */
  outlook(question: PollQuestion): PollOutlook {
    const total = this.#prepare(question);
    const ended = new Float64Array(EDGES.length);
    for (let cell = 0; cell < CELLS; cell += 1) {
      const share = total > 0 ? (this.#mass[cell] ?? 0) / total : 0;
      ended[cell + 1] = Math.min(1, (ended[cell] ?? 0) + share);
    }
    return new PollOutlook(EDGES, ended);
  }

  /**
   * How much likelier an end after `leftMs` is for one who believes the suggestion than for one who knows only the law.
   * 1 where nothing can be said.
   */
  evidence(question: PollQuestion, leftMs: number): number {
    const { suggestion } = question;
    const total = this.#fillMass(question);
    if (suggestion === null || total === 0) return 1;
    const mean = this.#fillLikely(suggestion, question.ageMs) / total;
    return mean > 0 ? likelihood(suggestion, leftMs + question.ageMs - suggestion.atMs) / mean : 1;
  }

  /** Fills the cells. @returns their sum */
  #prepare(question: PollQuestion): number {
    const total = this.#fillMass(question);
    const { suggestion } = question;
    if (suggestion === null || total === 0) return total;
    const likely = this.#fillLikely(suggestion, question.ageMs);
    if (!(likely > 0)) return total;
    const { wrong } = suggestion.estimate;
    for (let cell = 0; cell < CELLS; cell += 1) {
      const scaled = ((this.#likely[cell] ?? 0) / likely) * total;
      this.#mass[cell] = wrong * (this.#mass[cell] ?? 0) + (1 - wrong) * scaled;
    }
    return total;
  }

  #fillMass({ cdf, ageMs }: PollQuestion): number {
    let below = shareBelow(cdf, positionOf(ageMs));
    let total = 0;
    for (let cell = 0; cell < CELLS; cell += 1) {
      const next = shareBelow(cdf, positionOf(ageMs + (EDGES[cell + 1] ?? 0)));
      total += this.#mass[cell] = Math.max(0, next - below);
      below = next;
    }
    return total > TINY * TINY ? total : 0;
  }

  #fillLikely({ etaMs, atMs, estimate }: Suggestion, ageMs: number): number {
    const passedMs = ageMs - atMs;
    const expected = Math.log(etaMs) - estimate.bias;
    const scale = -1 / (2 * estimate.spread ** 2);
    let total = 0;
    this.#likely.fill(0);
    for (let cell = 0; cell < CELLS; cell += 1) {
      const mass = this.#mass[cell] ?? 0;
      if (mass === 0) continue;
      const error = expected - Math.log((MIDDLES[cell] ?? 0) + passedMs);
      const exponent = scale * error * error;
      if (exponent >= LEAST_EXPONENT) total += this.#likely[cell] = mass * Math.exp(exponent);
    }
    return total;
  }

  /** Only ratios of masses count. */
  #walk(total: number, price: PollPrice): number {
    this.#hazard.fill(0);
    this.#addHazard(total);
    return this.#walkHazard(price);
  }

  #addHazard(total: number): void {
    let left = total;
    for (let cell = 0; cell < CELLS; cell += 1) {
      const widthMs = (EDGES[cell + 1] ?? 0) - (EDGES[cell] ?? 0);
      const mass = this.#mass[cell] ?? 0;
      const hazard = mass / widthMs / Math.max(TINY * total, left - mass / 2);
      this.#hazard[cell] = (this.#hazard[cell] ?? 0) + hazard;
      left -= mass;
    }
  }

  /** Adds up polls, cell by cell, until there is one. */
  #walkHazard({ priceMs, maxIntervalMs }: PollPrice): number {
    let polls = 0;
    for (let cell = 0; cell < CELLS; cell += 1) {
      const startMs = EDGES[cell] ?? 0;
      if (startMs >= maxIntervalMs) break;
      const widthMs = (EDGES[cell + 1] ?? 0) - startMs;
      const more = widthMs * Math.sqrt((this.#hazard[cell] ?? 0) / (2 * priceMs));
      if (polls + more >= 1) return startMs + (widthMs * (1 - polls)) / more;
      polls += more;
    }
    return maxIntervalMs;
  }
}

function likelihood({ etaMs, estimate }: Suggestion, leftMs: number): number {
  const z = (Math.log(etaMs / leftMs) - estimate.bias) / estimate.spread;
  return Math.exp((-z * z) / 2);
}
