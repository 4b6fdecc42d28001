/**
 * Joins calls for the same key: while one is under way, later callers get its result (or its error) instead of
 * starting their own. Nothing is kept once it settled.
 */
export class SingleFlight<Key, Value> {
  readonly #flights = new Map<Key, Promise<Value>>();

  /** Runs `task`, or joins the run for `key` that is under way. */
  run(key: Key, task: () => Promise<Value>): Promise<Value> {
    const running = this.#flights.get(key);
    if (running !== undefined) return running;
    const flight = task().finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }

  /** Keys under way. */
  get size(): number {
    return this.#flights.size;
  }
}
