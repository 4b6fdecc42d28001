import { Logger } from '@nestjs/common';

import type { Filling } from './filling.js';
import { nextTurn } from './next-turn.js';
import type { Pool } from './pool.js';

/** Lets new pools take in their tokens, with breaks in which others have their turn. */
export class PoolFiller {
  readonly #logger = new Logger('Balancer');
  readonly #unfilled = new Set<Pool>();

  /** @param sliceSize - tokens that are taken in without a break */
  constructor(private readonly sliceSize: number) {}

  /**
   * Takes in the first tokens at once. Whatever happens to a token before its turn comes must look for its place in the
   * pool as if that were whole.
   */
  begin(pool: Pool, filling: Filling): void {
    this.#step(filling);
    if (!filling.isDone) void this.#goOn(pool, filling);
  }

  /** Leaves pools as they are that are not whole yet. */
  stop(): void {
    this.#unfilled.clear();
  }

  async #goOn(pool: Pool, filling: Filling): Promise<void> {
    pool.beginFilling(filling);
    this.#unfilled.add(pool);
    while (!filling.isDone) {
      await nextTurn();
      if (!this.#unfilled.has(pool)) return;
      this.#step(filling);
    }
    this.#unfilled.delete(pool);
    pool.endFilling();
  }

  #step(filling: Filling): void {
    try {
      filling.step(this.sliceSize);
    } catch (error) {
      this.#logger.error('A token was left out: the strategy could not take it in.', error);
    }
  }
}
