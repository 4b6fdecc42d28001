/**
 * A store for cache-manager that holds at most `maxEntries`; the entry that was not used for the longest time makes way.
 * Entries expire by the TTL that cache-manager keeps in them.
 */
export class BoundedCacheStore {
  /** Keyv reads and writes its own settings here. */
  opts: Record<string, unknown> = {};
  readonly #entries = new Map<string, string>();

  /** @param maxEntries - at least 1 */
  constructor(private readonly maxEntries: number) {
    if (!Number.isInteger(maxEntries) || maxEntries < 1) {
      throw new RangeError(`maxEntries must be an integer >= 1, got ${maxEntries}`);
    }
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Promise<string | undefined> {
    const value = this.#entries.get(key);
    if (value !== undefined) this.#makeNewest(key, value);
    return Promise.resolve(value);
  }

  set(key: string, value: string): void {
    this.#makeNewest(key, value);
    if (this.#entries.size <= this.maxEntries) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  delete(key: string): Promise<boolean> {
    return Promise.resolve(this.#entries.delete(key));
  }

  clear(): Promise<void> {
    this.#entries.clear();
    return Promise.resolve();
  }

  /** Keyv listens for errors of its store; this one has none. */
  on(): this {
    return this;
  }

  #makeNewest(key: string, value: string): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
  }
}
