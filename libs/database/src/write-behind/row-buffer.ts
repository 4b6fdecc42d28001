import type { RowMerge } from './write-behind.options.js';

/** Rows in the order in which they came, and those of them that are on their way. */
export class RowBuffer<Row> {
  #waiting = new Map<string, Row>();
  #taken = new Map<string, Row>();
  #next = 0;

  /** @param merge - without it every row is kept by itself */
  constructor(private readonly merge: RowMerge<Row> | undefined) {}

  /** Rows there are, those taken too. */
  get size(): number {
    return this.#waiting.size + this.#taken.size;
  }

  /** @returns `false` when there are `capacity` rows already and it adds another one */
  add(row: Row, capacity: number): boolean {
    const key = this.merge?.key(row) ?? String(this.#next++);
    const isNew = !this.#waiting.has(key);
    if (isNew && this.size >= capacity) return false;
    this.#waiting.set(key, this.#sum(this.#waiting.get(key), row));
    return true;
  }

  /** What is there under a key. */
  find(key: string): Row | undefined {
    const [taken, waiting] = [this.#taken.get(key), this.#waiting.get(key)];
    return waiting === undefined ? taken : this.#sum(taken, waiting);
  }

  /** Takes the first `count` rows, until they are forgotten or put back. */
  take(count: number): readonly Row[] {
    this.#taken = new Map([...this.#waiting].slice(0, count));
    for (const key of this.#taken.keys()) this.#waiting.delete(key);
    return [...this.#taken.values()];
  }

  /** The rows that were taken are stored. */
  forget(): void {
    this.#taken = new Map();
  }

  /** The rows that were taken are the first ones again. */
  putBack(): void {
    const rows = this.#taken;
    for (const [key, row] of this.#waiting) rows.set(key, this.#sum(rows.get(key), row));
    this.#waiting = rows;
    this.#taken = new Map();
  }

  #sum(earlier: Row | undefined, later: Row): Row {
    return earlier === undefined || this.merge === undefined ? later : this.merge.add(earlier, later);
  }
}
