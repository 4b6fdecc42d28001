import { Random } from './random.js';

/** The engine's generator: fast, not reproducible. */
export class SystemRandom extends Random {
  next(): number {
    return Math.random();
  }
}
