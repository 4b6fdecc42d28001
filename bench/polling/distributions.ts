import type { Random } from 'penstock/kernel';

/** Draws numbers from a seeded source. */
export class Distributions {
  constructor(private readonly random: Random) {}

  uniform(low: number, high: number): number {
    return low + (high - low) * this.random.next();
  }

  /** Standard normal, by the method of Box and Muller. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.random.next()));
    return radius * Math.cos(2 * Math.PI * this.random.next());
  }

  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  chance(share: number): boolean {
    return this.random.next() < share;
  }
}
