import { BINS, cdfOf, positionOf, shareBelow } from './duration-bins.js';
import { DurationHistogram } from './duration-histogram.js';

/** How a {@link DurationLaw} remembers. */
export interface DurationMemory {
  /** Durations that the long memory holds. */
  readonly long: number;
  /** Durations that the short memory holds. */
  readonly short: number;
}

/** How many durations the coarser law stands for. */
const SUPPORT = { long: 3, short: 1 } as const;
const FIRST_SHORT_SHARE = 0.1;
/** How readily trust moves from one memory to the other after each duration. */
const SWITCH_RATE = 0.02;
/** Of a duration that is known only roughly, this much is spread evenly; the rest goes where durations mostly lie. */
const EVEN_SHARE = 0.1;

/**
 * The law of the durations of one key. A long memory is exact while nothing changes, a short one follows changes; how
 * much each is trusted follows from how well it foretold what came, by the fixed-share rule of Herbster and Warmuth
 * (1998), "Tracking the best expert".
 */
export class DurationLaw {
  #shortShare: number;

  constructor(
    readonly long: DurationHistogram,
    readonly short: DurationHistogram,
    shortShare = FIRST_SHORT_SHARE,
  ) {
    this.#shortShare = shortShare;
  }

  static empty(memory: DurationMemory): DurationLaw {
    return new DurationLaw(new DurationHistogram(memory.long), new DurationHistogram(memory.short));
  }

  /** How much the short memory is trusted, from 0 to 1. */
  get shortShare(): number {
    return this.#shortShare;
  }

  /** The density by bin; where little is known it is near the coarser one. */
  density(coarser: Float64Array): Float64Array {
    const { long, short } = this.#densities(coarser);
    return long.map((share, bin) => share + this.#shortShare * ((short[bin] ?? 0) - share));
  }

  /** Takes in a duration that lies between two ages in milliseconds; `byMs` may be infinite. */
  learn(coarser: Float64Array, afterMs: number, byMs: number): void {
    const [from, to] = windowOf(afterMs, byMs);
    const { long, short } = this.#densities(coarser);
    this.#shortShare = trust(this.#shortShare, massIn(long, from, to), massIn(short, from, to));
    const spread = spreadOver(this.density(coarser), from, to);
    this.long.add(spread);
    this.short.add(spread);
  }

  #densities(coarser: Float64Array): Record<'long' | 'short', Float64Array> {
    return {
      long: this.long.density(coarser, SUPPORT.long),
      short: this.short.density(coarser, SUPPORT.short),
    };
  }
}

/** The positions between which a duration lies: at least the width of a bin. */
function windowOf(afterMs: number, byMs: number): readonly [number, number] {
  const after = positionOf(afterMs);
  const by = Math.max(after, positionOf(byMs));
  const widen = Math.max(0, 1 - (by - after)) / 2;
  const from = Math.min(BINS - 1, Math.max(0, after - widen));
  return [from, Math.max(from + 1, Math.min(BINS, by + widen))];
}

function massIn(density: Float64Array, from: number, to: number): number {
  const cdf = cdfOf(density);
  return shareBelow(cdf, to) - shareBelow(cdf, from);
}

function trust(share: number, long: number, short: number): number {
  const total = (1 - share) * long + share * short;
  const posterior = total > 0 ? (share * short) / total : share;
  return posterior + SWITCH_RATE * (0.5 - posterior);
}

/** Where a duration between two positions lies: a density that sums to 1. */
function spreadOver(density: Float64Array, from: number, to: number): Float64Array {
  const inside = (bin: number): number => Math.max(0, Math.min(bin + 1, to) - Math.max(bin, from));
  const mass = density.reduce((sum, share, bin) => sum + share * inside(bin), 0);
  const even = mass > 0 ? EVEN_SHARE : 1;
  return density.map((share, bin) => {
    const likely = mass > 0 ? (share * inside(bin)) / mass : 0;
    return (even * inside(bin)) / (to - from) + (1 - even) * likely;
  });
}
