import { ConcurrencyError, Semaphore } from 'penstock/concurrency';
import type { Clock } from 'penstock/kernel';

import { DatabaseError } from '../database.errors.js';
import type { Lease } from '../pool/lease.js';
import { isStorageError } from '../pool/storage-error.js';
import type { PooledConnection } from '../ports/pooled-connection.js';
import type { SqliteConnection } from '../ports/sqlite-connection.js';
import { SQLITE_TRANSACTIONS, type TransactionDialect } from './transaction-dialect.js';

/** What every frame of a data source shares. */
export interface FrameContext<Connection extends PooledConnection = SqliteConnection> {
  readonly clock: Clock;
  /** Longest wait inside a frame: for its turn, or for calls that joined it. */
  readonly timeoutMs: number;
  /** @defaultValue SQLite's */
  readonly dialect?: TransactionDialect<Connection>;
}

/**
 * A stretch of work on one leased connection: the lease itself, or a transaction or savepoint within it.
 *
 * Its statements run one at a time. A transaction begun inside takes the frame's turn for its whole life, so nothing of
 * the outer frame gets into a savepoint that may be rolled back. Calls that join the frame are its guests; it does not
 * end under them.
 */
export class Frame<Connection extends PooledConnection = SqliteConnection> {
  readonly #turn: Semaphore;
  #guests = 0;
  #whenAlone: (() => void) | undefined;
  #over = false;

  constructor(
    readonly lease: Lease<Connection>,
    readonly context: FrameContext<Connection>,
    readonly parent?: Frame<Connection>,
  ) {
    this.#turn = new Semaphore({ name: 'database.frame', permits: 1, clock: context.clock });
  }

  protected get dialect(): TransactionDialect<Connection> {
    return this.context.dialect ?? SQLITE_TRANSACTIONS;
  }

  /** Whether a transaction is open around work in this frame. */
  get inTransaction(): boolean {
    return false;
  }

  /** Whether work may still run in it. */
  get isOpen(): boolean {
    return !this.#over && (this.parent?.isOpen ?? true);
  }

  /** Whether calls that joined are still at it. */
  get hasGuests(): boolean {
    return this.#guests > 0;
  }

  /** Whether this is `other` or lies inside of it. */
  isWithin(other: Frame<Connection>): boolean {
    return this === other || (this.parent?.isWithin(other) ?? false);
  }

  /** Joins: the frame waits for `leave()` before it ends. */
  enter(): void {
    this.#guests += 1;
  }

  /** Ends a stay begun by `enter()`. */
  leave(): void {
    this.#guests -= 1;
    if (this.#guests === 0) this.#whenAlone?.();
  }

  /**
   * Runs one statement when it is this frame's turn.
   *
   * @throws DatabaseError `transaction_ended` when the frame is over by then, `transaction_aborted` when SQLite rolled
   *   the transaction back after an earlier error (trouble with the disk is told again), `acquire_timeout` when a transaction inside does not end
   */
  async statement<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const free = this.#turn.tryAcquire();
    const release = free === undefined ? await this.takeTurn() : this.#ifUsable(free);
    try {
      return await work(this.lease.connection);
    } catch (error) {
      if (this.inTransaction && (await this.dialect.isRolledBack(this.lease.connection)))
        this.lease.aborted = error;
      throw error;
    } finally {
      release();
    }
  }

  /** Takes the frame's turn until the returned function is called. @throws as {@link Frame.statement} */
  async takeTurn(): Promise<() => void> {
    return this.#ifUsable(await this.queueForTurn());
  }

  /** Waits until no guest is left; whether that was in time. */
  async waitForGuests(): Promise<boolean> {
    const deadline = this.context.clock.monotonic() + this.context.timeoutMs;
    while (this.hasGuests) {
      const leftMs = deadline - this.context.clock.monotonic();
      if (leftMs <= 0) return false;
      await this.#aloneOrLater(leftMs);
    }
    return true;
  }

  /** Refuses all further work in the frame and in those inside of it. */
  end(): void {
    this.#over = true;
  }

  protected async queueForTurn(): Promise<() => void> {
    const { timeoutMs } = this.context;
    try {
      return await this.#turn.acquire({ timeoutMs });
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
      throw DatabaseError.of(
        'acquire_timeout',
        `Waited ${timeoutMs} ms inside a transaction for its own connection, in use by "${this.lease.label}". ` +
          'A nested transaction must not wait for calls made outside of it.',
        error,
      );
    }
  }

  #aloneOrLater(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.context.clock.setTimer(resolve, delayMs, { keepAlive: true });
      this.#whenAlone = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  #ifUsable(release: () => void): () => void {
    try {
      this.#assertUsable();
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  #assertUsable(): void {
    if (!this.isOpen) {
      throw DatabaseError.of(
        'transaction_ended',
        'This call came after the end of its transaction. Await every call inside the transaction function.',
      );
    }
    if (isStorageError(this.lease.aborted)) throw this.lease.aborted;
    if (this.lease.aborted !== undefined) {
      throw DatabaseError.of(
        'transaction_aborted',
        'SQLite rolled this transaction back after an earlier error (see cause); nothing more can run in it.',
        this.lease.aborted,
      );
    }
  }
}
