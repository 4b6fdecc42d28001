/** A map that keeps the `limit` entries used last and hands out what it drops. */
export class Lru<Key, Value> {
  readonly #entries = new Map<Key, Value>();

  constructor(
    private readonly limit: number,
    private readonly dropped: (value: Value) => void,
  ) {}

  /** The value of `key`, which becomes the one used last. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** Adds an entry; the one unused for longest goes when there are too many. */
  set(key: Key, value: Value): void {
    this.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.limit) {
      for (const oldest of this.#entries.keys()) {
        this.delete(oldest);
        return;
      }
    }
  }

  /** Drops one entry. */
  delete(key: Key): void {
    const value = this.#entries.get(key);
    if (value === undefined) return;
    this.#entries.delete(key);
    this.dropped(value);
  }

  /** Drops all entries. */
  clear(): void {
    for (const key of [...this.#entries.keys()]) this.delete(key);
  }

  /** Entries held. */
  get size(): number {
    return this.#entries.size;
  }
}
