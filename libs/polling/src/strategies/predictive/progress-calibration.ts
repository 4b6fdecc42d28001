import { BANDS } from './progress-bands.js';

/** How far the time left that progress suggests can be believed, within one band of progress. */
export interface BandEstimate {
  /** Mean of ln(suggested / actual). */
  readonly bias: number;
  /** Standard deviation of ln(suggested / actual). */
  readonly spread: number;
  /** How often progress said nothing about the end, from 0 to 1. */
  readonly wrong: number;
}

/** Before anything is known: unbiased, within a factor of e, and as likely wrong as not. */
export const UNCALIBRATED: BandEstimate = { bias: 0, spread: 1, wrong: 0.5 };

/** How many generations the coarser estimate stands for. */
const SUPPORT = 4;
const SMALLEST_SPREAD = 0.03;
/** Sums kept for each band: jobs that could be judged, those of them that were wrong, errors, their sum and squares. */
const COLUMNS = 5;
const [JOBS, WRONG, ERRORS, SUM, SQUARES] = [0, 1, 2, 3, 4];
/** Sums are stored with fewer digits. */
const ROUNDING = 0.001;

/** How many sums there are in all: a row for each band, and one for all bands together. */
export const CALIBRATION_SUMS = (BANDS + 1) * COLUMNS;

/** Whether sums can have come from lessons: only the sum of errors may be negative, and no more jobs are wrong than there are. */
export function areSound(sums: readonly number[]): boolean {
  return sums.every((value, index) => {
    const column = index % COLUMNS;
    if (column === WRONG) return value >= 0 && value <= (sums[index - 1] ?? 0) * (1 + ROUNDING);
    return value >= 0 || column === SUM;
  });
}

/** What one generation taught about a band. */
export interface BandLesson {
  readonly band: number;
  /** How likely it is that its progress said nothing, from 0 to 1. */
  readonly wrong: number;
  /** ln(suggested / actual); `null` for a generation that failed, which tells nothing of the scale. */
  readonly error: number | null;
}

/** By band, how the time left that progress suggests compared with what it was. */
export class ProgressCalibration {
  readonly sums: Float64Array;

  /** @param memory - generations that a band holds before it forgets */
  constructor(
    private readonly memory: number,
    sums: Float64Array = new Float64Array(CALIBRATION_SUMS),
  ) {
    this.sums = sums;
  }

  learn({ band, wrong, error }: BandLesson): void {
    // What is not calibrated yet is wrong through no fault of progress.
    const errors = this.#sum(band, ERRORS);
    const weight = errors / (SUPPORT + errors);
    const lesson = [weight, weight * wrong, ...(error === null ? [0, 0, 0] : [1, error, error * error])];
    this.#add(band, lesson);
    this.#add(BANDS, lesson);
  }

  #add(row: number, lesson: readonly number[]): void {
    const keep = Math.min(1, (this.memory - 1) / Math.max(this.#sum(row, JOBS), this.#sum(row, ERRORS)));
    for (const [column, value] of lesson.entries()) {
      this.sums[row * COLUMNS + column] = this.#sum(row, column) * keep + value;
    }
  }

  /** What is known of a band; where little is, it is near the coarser estimate. */
  estimate(band: number, coarser: BandEstimate): BandEstimate {
    const errors = this.#sum(band, ERRORS);
    const sum = this.#sum(band, SUM);
    const bias = (SUPPORT * coarser.bias + sum) / (SUPPORT + errors);
    const own = Math.max(0, this.#sum(band, SQUARES) - 2 * bias * sum + errors * bias * bias);
    const shift = coarser.bias - bias;
    const variance = (SUPPORT * (coarser.spread ** 2 + shift * shift) + own) / (SUPPORT + errors);
    const wrongAnywhere = share(this.#sum(BANDS, WRONG), this.#sum(BANDS, JOBS), coarser.wrong);
    return {
      bias,
      spread: Math.max(SMALLEST_SPREAD, Math.sqrt(variance)),
      wrong: share(this.#sum(band, WRONG), this.#sum(band, JOBS), wrongAnywhere),
    };
  }

  /** Whether progress told the end more often than not. `false` while nothing is known. */
  get isTrusted(): boolean {
    return this.#sum(BANDS, WRONG) < this.#sum(BANDS, JOBS) / 2;
  }

  #sum(row: number, column: number): number {
    return this.sums[row * COLUMNS + column] ?? 0;
  }
}

/** Of so many, where little is known near what is expected. */
const share = (some: number, all: number, expected: number): number =>
  (SUPPORT * expected + some) / (SUPPORT + all);
