import { QueryFailedError } from 'typeorm';

import { DatabaseError } from '../database.errors.js';
import { Frame } from './frame.js';

/** How a transaction is begun. */
export interface BeginOptions {
  /** Makes SQLite wait for the disk at the commit. Only for outermost transactions; not for those of readers. */
  readonly durable: boolean;
  /** Level of `PRAGMA synchronous` to go back to after a durable transaction. */
  readonly synchronous: string;
  readonly readOnly: boolean;
}

/** A transaction, or a savepoint inside of one. It holds the turn of the frame it was begun in until it ends. */
export class TransactionFrame extends Frame {
  private constructor(
    private readonly outer: Frame,
    private readonly options: BeginOptions,
    private readonly depth: number,
    private readonly giveTurnBack: () => void,
  ) {
    super(outer.lease, outer.context, outer);
  }

  /**
   * Begins a transaction, at once with the write lock (`BEGIN IMMEDIATE`), or a savepoint if one is open around `outer`.
   *
   * @throws DatabaseError `durability_conflict` for a durable one inside one that is not
   */
  static async begin(outer: Frame, options: BeginOptions): Promise<TransactionFrame> {
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

  static #inside(outer: Frame, options: BeginOptions, giveTurnBack: () => void): TransactionFrame {
    if (!(outer instanceof TransactionFrame)) return new TransactionFrame(outer, options, 0, giveTurnBack);
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
    if (this.depth > 0) return `SAVEPOINT level_${this.depth}`;
    return this.options.readOnly ? 'BEGIN' : 'BEGIN IMMEDIATE';
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
    try {
      await this.#control(this.closing);
    } finally {
      release();
    }
    await this.#finish();
  }

  /**
   * Rolls back, when what runs in it is done; after the timeout that is cut off. Does nothing when the frame around it
   * is over, which has undone it. Does not throw.
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

  async #undo(): Promise<void> {
    try {
      if (this.depth === 0) await this.#control('ROLLBACK');
      else await this.#control(`ROLLBACK TO level_${this.depth}`, `RELEASE level_${this.depth}`);
    } catch {
      // After an abort there is nothing left to roll back; otherwise the connection cannot be trusted any more.
      this.lease.broken ||= this.lease.aborted === undefined;
    }
  }

  async #open(): Promise<void> {
    if (this.#raisesDurability) await this.#control('PRAGMA synchronous = FULL');
    try {
      await this.#control(this.opening);
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

  get #raisesDurability(): boolean {
    return this.depth === 0 && this.options.durable && ['OFF', 'NORMAL'].includes(this.options.synchronous);
  }

  async #restoreDurability(): Promise<void> {
    if (!this.#raisesDurability) return;
    try {
      await this.#control(`PRAGMA synchronous = ${this.options.synchronous}`);
    } catch {
      this.lease.broken = true;
    }
  }

  async #control(...statements: string[]): Promise<void> {
    for (const sql of statements) {
      try {
        await this.lease.connection.run(sql, []);
      } catch (error) {
        throw error instanceof Error && !(error instanceof DatabaseError)
          ? new QueryFailedError(sql, [], error)
          : error;
      }
    }
  }
}
