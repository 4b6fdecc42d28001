import type { PooledToken } from 'penstock/token-cache';

/** The tokens that a new pool is still to take in. */
export class Filling {
  #next = 0;

  /** @param enter - takes in the token with this id, if it belongs there and is not in it */
  constructor(
    private readonly tokens: readonly PooledToken[],
    private readonly enter: (id: string) => void,
  ) {}

  get isDone(): boolean {
    return this.#next >= this.tokens.length;
  }

  /** Takes in up to `most` of them. When that throws, it goes on behind the token that it threw for. */
  step(most: number): void {
    for (const end = this.#next + most; this.#next < end;) {
      const token = this.tokens[this.#next++];
      if (token === undefined) return;
      this.enter(token.id);
    }
  }

  /** Whether one of those that were not taken in yet passes the test. */
  some(test: (id: string) => boolean): boolean {
    for (let index = this.#next; index < this.tokens.length; index += 1) {
      const token = this.tokens[index];
      if (token !== undefined && test(token.id)) return true;
    }
    return false;
  }
}
