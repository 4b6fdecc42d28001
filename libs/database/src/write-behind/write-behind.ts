import { AsyncResource } from 'node:async_hooks';

import type { Clock, Timer } from 'penstock/kernel';
import type { EntityManager } from 'typeorm';

import { RowBuffer } from './row-buffer.js';
import { resolveWriteBehindOptions, type WriteBehindOptions } from './write-behind.options.js';

/** A buffer at one moment. */
export interface WriteBehindStats {
  /** Rows that are not in the database yet. */
  readonly pending: number;
  /** Rows in the database since the start. */
  readonly written: number;
  /** Rows that were lost: there was no room for them, or they came after the end. */
  readonly dropped: number;
  /** Failed tries since the last one that did not fail. */
  readonly failures: number;
  /** Why the last try failed; `null` when it did not. */
  readonly lastError: string | null;
}

/** What a buffer needs around it. */
export interface WriteBehindHost {
  readonly clock: Clock;
  /** Runs `work` in a transaction of its own. */
  readonly transaction: (work: (manager: EntityManager) => Promise<void>, label: string) => Promise<void>;
  readonly log: { warn(message: string): void; log(message: string): void };
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Rows that may be lost, counters and logs, written some time later, many in one transaction.
 *
 * A crash loses what was added in the last `maxDelayMs` and the time of one transaction, at most `capacity` rows, and
 * never a part of a transaction. While the database takes nothing, rows are kept and tried again after 1 s, then at
 * growing pauses of at most 30 s; when `capacity` is reached, the newest are dropped and counted. Nothing that matters
 * may go through here.
 */
export class WriteBehind<Row> {
  readonly #options;
  readonly #rows;
  /** Runs in no caller's async context: rows must not be undone with the transaction of who adds or flushes them. */
  readonly #writeApart: () => Promise<void>;
  #timer: Timer | undefined;
  #isRunning = false;
  #lastWrite: Promise<void> = Promise.resolve();
  #closed = false;
  #written = 0;
  #dropped = 0;
  #failures = 0;
  #lastError: string | null = null;

  /** @throws RangeError for an option out of bounds */
  constructor(
    options: WriteBehindOptions<Row>,
    private readonly host: WriteBehindHost,
  ) {
    this.#options = resolveWriteBehindOptions(options);
    this.#rows = new RowBuffer<Row>(options.merge);
    this.#writeApart = AsyncResource.bind(() => this.#write());
  }

  get name(): string {
    return this.#options.name;
  }

  /** Takes a row, without any wait. @returns `false` when it was dropped */
  add(row: Row): boolean {
    if (this.#closed || !this.#rows.add(row, this.#options.capacity)) {
      this.#dropped += 1;
      if (this.#dropped === 1) this.host.log.warn(`${this.name}: rows are dropped. ${this.#lastError ?? ''}`);
      return false;
    }
    this.#arm();
    return true;
  }

  /** What waits under a key of `merge`, on its way into the database or before it. */
  find(key: string): Row | undefined {
    return this.#rows.find(key);
  }

  stats(): WriteBehindStats {
    return {
      pending: this.#rows.size,
      written: this.#written,
      dropped: this.#dropped,
      failures: this.#failures,
      lastError: this.#lastError,
    };
  }

  /**
   * Writes what was added before, now. Not for inside of a transaction, whose end it would wait for.
   *
   * @throws what the database said; the rows are kept
   */
  async flush(): Promise<void> {
    for (let left = this.#rows.size; left > 0; left -= this.#options.maxRows) await this.#writeNext();
  }

  /** Takes no more rows, and writes what is there; it tries once. Does not throw. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    try {
      await this.flush();
    } catch (error) {
      this.#dropped += this.#rows.size;
      this.host.log.warn(`${this.name}: ${this.#rows.size} rows are lost at the end: ${String(error)}`);
    }
  }

  #arm(): void {
    if (this.#closed || this.#isRunning || this.#rows.size === 0) return;
    if (this.#rows.size >= this.#options.maxRows && this.#failures === 0) void this.#run();
    else this.#timer ??= this.host.clock.setTimer(() => void this.#run(), this.#pauseMs());
  }

  #pauseMs(): number {
    if (this.#failures === 0) return this.#options.maxDelayMs;
    return Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    try {
      do await this.#writeNext();
      while (this.#rows.size >= this.#options.maxRows);
    } catch {
      // The rows are kept, the reason is in the stats, and the next try is armed below.
    } finally {
      this.#isRunning = false;
      this.#arm();
    }
  }

  /** One transaction at a time. */
  #writeNext(): Promise<void> {
    const written = this.#lastWrite.then(this.#writeApart);
    this.#lastWrite = written.catch(() => undefined);
    return written;
  }

  async #write(): Promise<void> {
    const batch = this.#rows.take(this.#options.maxRows);
    if (batch.length === 0) return;
    try {
      await this.host.transaction(
        (manager) => this.#options.write(manager, batch),
        `write-behind ${this.name}`,
      );
    } catch (error) {
      this.#rows.putBack();
      this.#failed(error);
      throw error;
    }
    this.#rows.forget();
    this.#succeeded(batch.length);
  }

  #failed(error: unknown): void {
    this.#failures += 1;
    this.#lastError = String(error);
    if (this.#failures === 1)
      this.host.log.warn(
        `${this.name}: ${this.#rows.size} rows could not be written and are kept: ${this.#lastError}`,
      );
  }

  #succeeded(rows: number): void {
    if (this.#failures > 0) this.host.log.log(`${this.name}: rows are written again.`);
    this.#written += rows;
    this.#failures = 0;
    this.#lastError = null;
  }
}
