import {
  NamedPlaceholdersNotSupportedError,
  QueryRunnerAlreadyReleasedError,
  type ObjectLiteral,
  type QueryResult,
} from 'typeorm';
import type { IsolationLevel } from 'typeorm/driver/types/IsolationLevel.js';
import { validateIsolationLevel } from 'typeorm/driver/validate-isolation-level.js';

import { DatabaseError } from '../database.errors.js';
import { refuseTransactionControl, type SqlStatement } from '../sql-statement.js';
import { bindParameters } from '../strategies/bind-parameters.js';
import type { SqliteConnection } from '../ports/sqlite-connection.js';
import type { Frame } from '../transactions/frame.js';
import { AttachedQueryRunner } from './attached-query-runner.js';
import { executeStatement } from './execute-statement.js';
import { cursorIn } from './frame-cursor.js';
import type { PooledSqliteDriver } from './pooled-sqlite-driver.js';
import { reportQuery } from './query-report.js';
import { RowStream } from './row-stream.js';
import type { FramedRunner } from './framed-runner.js';
import { RunnerFrames, type RunnerPlace } from './runner-frames.js';
import { RunnerTransactions } from './runner-transactions.js';
import { scopedBroadcaster } from './scoped-broadcaster.js';
import { timedCursor } from './timed-cursor.js';

/**
 * Runs queries on a pooled connection, which it leases with its first statement and keeps until `release()`; created
 * inside a transaction (by async context) it works in that one. A runner that was never used holds nothing.
 */
export class PooledQueryRunner extends AttachedQueryRunner implements FramedRunner<SqliteConnection> {
  override driver: PooledSqliteDriver;
  readonly #frames: RunnerFrames;
  readonly #transactions: RunnerTransactions<SqliteConnection>;
  #foreignKeysOff = false;

  constructor(driver: PooledSqliteDriver, place: RunnerPlace) {
    super();
    this.driver = driver;
    this.dataSource = driver.dataSource;
    this.mode = place.readOnly ? 'slave' : 'master';
    this.#frames = new RunnerFrames(driver.runnerContext, place);
    this.#transactions = new RunnerTransactions(this, this.#frames, driver.runnerContext.statements);
    this.broadcaster = scopedBroadcaster(this, (work) => this.#frames.run(work));
    // TypeORM keeps a flag for its own transactions; here one may also be open that the runner only joined.
    Object.defineProperty(this, 'isTransactionActive', { get: () => this.#frames.inTransaction });
  }

  /** Takes the connection now instead of with the first statement. There is no handle to get. */
  override async connect(): Promise<void> {
    await this.enter('connect');
  }

  /** The frame that the next statement runs in. */
  enter(statement: string): Promise<Frame> {
    if (this.isReleased) throw new QueryRunnerAlreadyReleasedError();
    return this.#frames.enter(statement);
  }

  /** Rolls back what is open and gives the connection back. Calling it again does nothing. */
  override async release(): Promise<void> {
    if (this.isReleased) return;
    if (this.#foreignKeysOff) await this.#restoreForeignKeys();
    this.isReleased = true;
    this.loadedTables = [];
    this.clearSqlMemory();
    await this.#frames.release();
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#transactions.commitAll();
    } finally {
      await this.release();
    }
  }

  override startTransaction(isolation?: IsolationLevel): Promise<void> {
    validateIsolationLevel(
      this.driver.supportedIsolationLevels,
      isolation ?? this.dataSource.options.isolationLevel,
    );
    return this.begin(false);
  }

  async begin(durable: boolean): Promise<void> {
    if (this.isReleased) throw new QueryRunnerAlreadyReleasedError();
    await this.#transactions.begin(durable);
  }

  override commitTransaction(): Promise<void> {
    return this.#transactions.commit();
  }

  override rollbackTransaction(): Promise<void> {
    return this.#transactions.rollback();
  }

  async inScope<T>(work: () => Promise<T>): Promise<T> {
    return this.driver.runnerContext.scope.run(await this.enter('transaction'), work);
  }

  inPart<T>(work: () => Promise<T>): Promise<T> {
    return this.#frames.part(work);
  }

  override query(
    query: string,
    parameters: unknown[] | ObjectLiteral | undefined,
    useStructuredResult: true,
  ): Promise<QueryResult>;
  override query(
    query: string,
    parameters?: unknown[] | ObjectLiteral,
    structured?: boolean,
  ): Promise<unknown>;
  /**
   * Runs one statement.
   *
   * @throws DatabaseError `raw_transaction_control` for BEGIN and the like, which would escape the pool's bookkeeping,
   *   `several_statements` for more than one
   */
  override async query(query: string, parameters: unknown = [], structured = false): Promise<unknown> {
    if (!Array.isArray(parameters)) throw new NamedPlaceholdersNotSupportedError();
    const values: unknown[] = parameters;
    const { sql, statement } = this.#prepare(query, structured);
    const { clock, statements } = this.driver.runnerContext;
    const result = await statements.run(statement.label, async () => {
      const frame = await this.enter(statement.label);
      return await reportQuery({ runner: this, sql, parameters: values, clock }, () =>
        frame.statement((connection) =>
          executeStatement(connection, { sql, statement, parameters: bindParameters(values) }),
        ),
      );
    });
    if (structured) this.driver.rememberInserted(statement, result);
    return structured ? result : (result.raw as unknown);
  }

  /**
   * Rows one by one, as the reader asks for them. The connection is held until the stream ends or is destroyed.
   */
  override async stream(
    query: string,
    parameters: unknown[] = [],
    onEnd?: () => unknown,
    onError?: (error: Error) => unknown,
  ): Promise<RowStream> {
    const { sql, statement } = this.#prepare(query, false);
    const frame = await this.enter(statement.label);
    const cursor = cursorIn(frame, sql, bindParameters(parameters));
    const { statements } = this.driver.runnerContext;
    const stream = new RowStream(timedCursor(statements, statement.label, cursor), async () => {
      await onEnd?.();
    });
    if (onError !== undefined) stream.once('error', onError);
    return stream;
  }

  /** Turns foreign keys off, so that a table can be recreated without deleting what refers to it. */
  override async beforeMigration(): Promise<void> {
    await this.query('PRAGMA foreign_keys = OFF');
    this.#foreignKeysOff = true;
  }

  override async afterMigration(): Promise<void> {
    await this.query(`PRAGMA foreign_keys = ${this.driver.foreignKeys ? 'ON' : 'OFF'}`);
    this.#foreignKeysOff = false;
  }

  /**
   * TypeORM's insert builder, the only source of structured inserts, writes RETURNING for other databases only. With it
   * one statement both inserts and reads back ids and defaults, and is right about them for upserts, too.
   */
  #prepare(query: string, structured: boolean): { sql: string; statement: SqlStatement } {
    const statement = this.driver.parse(query);
    checkStatement(statement);
    if (!structured || !statement.insertsValues) return { sql: query, statement };
    return { sql: `${query} RETURNING *`, statement: { ...statement, returnsRows: true } };
  }

  /** After a migration that failed. A connection that cannot be set right is not used again. */
  async #restoreForeignKeys(): Promise<void> {
    try {
      while (this.#frames.hasTransaction) await this.rollbackTransaction();
      await this.afterMigration();
    } catch {
      (await this.enter('migration')).lease.broken = true;
    }
  }
}

function checkStatement(statement: SqlStatement): void {
  refuseTransactionControl(statement);
  if (statement.several) {
    throw DatabaseError.of(
      'several_statements',
      `A query holds one statement, got more after the first (${statement.label}). Run them one by one.`,
    );
  }
}
