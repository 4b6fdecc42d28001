import { QueryFailedError } from 'typeorm';

import { DatabaseError } from '../database.errors.js';
import type { PooledConnection } from '../ports/pooled-connection.js';
import type { SqliteConnection } from '../ports/sqlite-connection.js';
import type { Durability } from './durability.js';
import { Frame } from './frame.js';
import type { BeginOptions } from './transaction-dialect.js';

/** A transaction, or a savepoint or a part inside of one. It holds the turn of the frame it was begun in until it ends. */
export class TransactionFrame<
  Connection extends PooledConnection = SqliteConnection,
> extends Frame<Connection> {
  /** What is to be taken back at the end. */
  #raised: Durability | undefined;

  private constructor(
    private readonly outer: Frame<Connection>,
    private readonly options: BeginOptions,
    private readonly depth: number,
    private readonly giveTurnBack: () => void,
  ) {
    super(outer.lease, outer.context, outer);
  }

  /**
   * Begins a transaction, or a savepoint if one is open around `outer`, or a part of that without one.
   *
   * @throws DatabaseError `durability_conflict` for a durable one inside one that is not
   */
  static async begin<Connection extends PooledConnection>(
    outer: Frame<Connection>,
    options: BeginOptions,
  ): Promise<TransactionFrame<Connection>> {
    const giveTurnBack = await outer.takeTurn();
    try {
      const frame = TransactionFrame.#inside(outer, options, giveTurnBack);
      await frame.#open();
      return frame;
    } catch (error) {
      giveTurnBack();
      throw error;
    }
  }

  static #inside<Connection extends PooledConnection>(
    outer: Frame<Connection>,
    options: BeginOptions,
    giveTurnBack: () => void,
  ): TransactionFrame<Connection> {
    if (!isTransaction(outer)) return new TransactionFrame(outer, options, 0, giveTurnBack);
    const { durable } = outer.options;
    if (options.durable && !durable) {
      throw DatabaseError.of(
        'durability_conflict',
        'A durable transaction was begun inside one that is not, and SQLite cannot change that once it runs. ' +
          'Pass { durable: true } to the outermost transaction.',
      );
    }
    return new TransactionFrame(outer, { ...options, durable }, outer.depth + 1, giveTurnBack);
  }

  override get inTransaction(): boolean {
    return true;
  }

  /** The statement that began it. */
  get opening(): string {
    return this.depth > 0 ? `SAVEPOINT level_${this.depth}` : this.dialect.opening(this.options);
  }

  /** The statement that commits it. */
  get closing(): string {
    return this.depth > 0 ? `RELEASE level_${this.depth}` : 'COMMIT';
  }

  /**
   * Commits when every call that joined is done. If it throws, the transaction is still to be rolled back.
   *
   * @throws DatabaseError `transaction_busy` when a call that joined does not end, `transaction_aborted`;
   *   QueryFailedError when SQLite refuses
   */
  async commit(): Promise<void> {
    const release = await this.#takeTurnAlone();
    this.end();
    const restore = this.#raised?.restore;
    try {
      if (!this.#isPart) await this.#control(this.closing, restore === undefined ? [] : [restore]);
      this.#raised = undefined;
    } finally {
      release();
    }
    await this.#finish();
  }

  /**
   * Rolls back, when what runs in it is done; after the timeout that is cut off. Does nothing when the frame around it
   * is over, which has undone it; of a part nothing is undone before that. Does not throw.
   */
  async rollback(): Promise<void> {
    const alone = await this.waitForGuests();
    this.end();
    const release = alone ? await this.queueForTurn().catch(() => undefined) : undefined;
    if (this.outer.isOpen) {
      if (release === undefined) this.lease.connection.interrupt();
      await this.#undo();
      await this.#finish();
    }
    release?.();
  }

  async #takeTurnAlone(): Promise<() => void> {
    while (await this.waitForGuests()) {
      const release = await this.takeTurn();
      if (!this.hasGuests) return release;
      release();
    }
    throw DatabaseError.of(
      'transaction_busy',
      `Calls that joined the transaction did not end within ${this.context.timeoutMs} ms, so it is rolled back. ` +
        'Await every call and release every query runner inside the transaction function.',
    );
  }

  get #isPart(): boolean {
    return this.depth > 0 && this.options.isPart === true;
  }

  async #undo(): Promise<void> {
    if (this.#isPart) return;
    try {
      if (this.depth === 0) await this.#control('ROLLBACK');
      else await this.#control(`ROLLBACK TO level_${this.depth}`, [this.closing]);
    } catch {
      // After an abort there is nothing left to roll back; otherwise the connection cannot be trusted any more.
      this.lease.broken ||= this.lease.aborted === undefined;
    }
  }

  /** Level and BEGIN go to SQLite's thread as one, since each way there costs more than either. */
  async #open(): Promise<void> {
    if (this.#isPart) return;
    this.#raised = this.depth === 0 && this.options.durable ? this.options.durability : undefined;
    const raise = this.#raised?.raise;
    try {
      await this.#control(this.opening, [], raise === undefined ? [] : [raise]);
    } catch (error) {
      await this.#restoreDurability();
      throw error;
    }
  }

  async #finish(): Promise<void> {
    if (this.depth === 0) {
      this.lease.aborted = undefined;
      await this.#restoreDurability();
    }
    this.giveTurnBack();
  }

  async #restoreDurability(): Promise<void> {
    const raised = this.#raised;
    this.#raised = undefined;
    if (raised === undefined) return;
    try {
      await this.lease.connection.exec(raised.restore);
    } catch {
      this.lease.broken = true;
    }
  }

  /** Runs a statement, with those to go before and after it in one call. */
  async #control(sql: string, after: readonly string[] = [], before: readonly string[] = []): Promise<void> {
    const { connection } = this.lease;
    const script = [...before, sql, ...after];
    try {
      if (script.length === 1) await connection.run(sql, []);
      else await connection.exec(script.join('; '));
    } catch (error) {
      throw error instanceof Error && !(error instanceof DatabaseError)
        ? new QueryFailedError(sql, [], error)
        : error;
    }
  }
}

const isTransaction = <Connection extends PooledConnection>(
  frame: Frame<Connection>,
): frame is TransactionFrame<Connection> => frame instanceof TransactionFrame;
