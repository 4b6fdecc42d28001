import {
  NamedPlaceholdersNotSupportedError,
  QueryResult,
  QueryRunnerAlreadyReleasedError,
  type ObjectLiteral,
} from 'typeorm';
import { PostgresQueryRunner } from 'typeorm/driver/postgres/PostgresQueryRunner.js';
import type { IsolationLevel } from 'typeorm/driver/types/IsolationLevel.js';
import { validateIsolationLevel } from 'typeorm/driver/validate-isolation-level.js';

import { refuseTransactionControl } from '../sql-statement.js';
import type { Frame } from '../transactions/frame.js';
import type { FramedRunner } from '../typeorm/framed-runner.js';
import { reportQuery } from '../typeorm/query-report.js';
import { RowStream } from '../typeorm/row-stream.js';
import { RunnerFrames, type RunnerPlace } from '../typeorm/runner-frames.js';
import { RunnerTransactions } from '../typeorm/runner-transactions.js';
import { scopedBroadcaster } from '../typeorm/scoped-broadcaster.js';
import { timedCursor } from '../typeorm/timed-cursor.js';
import { PostgresCursor } from './postgres-cursor.js';
import type { PostgresConnection } from './postgres-connection.js';
import type { PooledPostgresDriver } from './pooled-postgres-driver.js';

/**
 * Runs queries on a pooled connection, which it leases with its first statement and keeps until `release()`; created
 * inside a transaction (by async context) it works in that one. A runner that was never used holds nothing.
 */
export class PooledPostgresRunner extends PostgresQueryRunner implements FramedRunner<PostgresConnection> {
  override driver: PooledPostgresDriver;
  readonly #frames: RunnerFrames<PostgresConnection>;
  readonly #transactions: RunnerTransactions<PostgresConnection>;

  constructor(driver: PooledPostgresDriver, place: RunnerPlace<PostgresConnection>) {
    super(driver, place.readOnly ? 'slave' : 'master');
    this.driver = driver;
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

  enter(statement: string): Promise<Frame<PostgresConnection>> {
    if (this.isReleased) throw new QueryRunnerAlreadyReleasedError();
    return this.#frames.enter(statement);
  }

  async inScope<T>(work: () => Promise<T>): Promise<T> {
    return this.driver.runnerContext.scope.run(await this.enter('transaction'), work);
  }

  inPart<T>(work: () => Promise<T>): Promise<T> {
    return this.#frames.part(work);
  }

  /** Rolls back what is open and gives the connection back. Calling it again does nothing. */
  override async release(): Promise<void> {
    if (this.isReleased) return;
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

  /** By hand, as `save()` does it: READ COMMITTED unless another level is asked for, and never run again by itself. */
  override startTransaction(isolation?: IsolationLevel): Promise<void> {
    const level = isolation ?? this.dataSource.options.isolationLevel;
    validateIsolationLevel(this.driver.supportedIsolationLevels, level);
    return this.begin(false, level ?? 'READ COMMITTED');
  }

  async begin(durable: boolean, isolation?: IsolationLevel): Promise<void> {
    if (this.isReleased) throw new QueryRunnerAlreadyReleasedError();
    await this.#transactions.begin(durable, isolation);
  }

  override commitTransaction(): Promise<void> {
    return this.#transactions.commit();
  }

  override rollbackTransaction(): Promise<void> {
    return this.#transactions.rollback();
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
  override async query(sql: string, parameters: unknown = [], structured = false): Promise<unknown> {
    if (!Array.isArray(parameters)) throw new NamedPlaceholdersNotSupportedError();
    const values: unknown[] = parameters;
    const statement = this.driver.parse(sql);
    refuseTransactionControl(statement);
    const { clock, statements } = this.driver.runnerContext;
    const result = await statements.run(statement.label, async () => {
      const frame = await this.enter(statement.label);
      return await reportQuery({ runner: this, sql, parameters: values, clock }, () =>
        frame.statement(async (connection) => toQueryResult(await connection.query(sql, values))),
      );
    });
    if (structured && statement.verb === 'INSERT') this.driver.rememberInserted(result.records as object[]);
    return structured ? result : (result.raw as unknown);
  }

  /** Rows one by one, as the reader asks for them. The connection is held until the stream ends or is destroyed. */
  override async stream(
    query: string,
    parameters: unknown[] = [],
    onEnd?: () => unknown,
    onError?: (error: Error) => unknown,
  ): Promise<RowStream> {
    const statement = this.driver.parse(query);
    refuseTransactionControl(statement);
    const cursor = new PostgresCursor(await this.enter(statement.label), query, parameters);
    const { statements } = this.driver.runnerContext;
    const stream = new RowStream(timedCursor(statements, statement.label, cursor), async () => {
      await onEnd?.();
    });
    if (onError !== undefined) stream.once('error', onError);
    return stream;
  }
}

/** As TypeORM's own driver has it: of an update and a delete, `raw` is the rows and their number. */
function toQueryResult(answer: Awaited<ReturnType<PostgresConnection['query']>>): QueryResult {
  const { command, rows, rowCount } = answer;
  const result = new QueryResult();
  result.records = rows;
  if (rowCount !== null) result.affected = rowCount;
  result.raw = command === 'UPDATE' || command === 'DELETE' ? [rows, rowCount] : rows;
  return result;
}
