/** Work on one key is done one after the other, first come, first served. Nothing is kept of a key that nobody works on. */
export class KeyLocks {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `work` when all work before it on `key` has ended. Without a key it runs at once. */
  async run<T>(key: string | null, work: () => Promise<T>): Promise<T> {
    if (key === null) return work();
    const before = this.#tails.get(key);
    let done = (): void => undefined;
    const tail = new Promise<void>((resolve) => {
      done = resolve;
    });
    this.#tails.set(key, tail);
    try {
      await before;
      return await work();
    } finally {
      done();
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }

  /** Keys that somebody works on. */
  get size(): number {
    return this.#tails.size;
  }
}
