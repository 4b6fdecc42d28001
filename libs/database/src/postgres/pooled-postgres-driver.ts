import type { DataSource, ObjectLiteral } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { ReplicationMode } from 'typeorm/driver/types/ReplicationMode.js';
import type { EntityMetadata } from 'typeorm/metadata/EntityMetadata.js';

import { DatabaseError } from '../database.errors.js';
import { Lru } from '../lru.js';
import { parseStatement, type SqlStatement } from '../sql-statement.js';
import { LeakWatch } from '../transactions/leak-watch.js';
import { Scope } from '../transactions/scope.js';
import type { RunnerContext } from '../typeorm/runner-frames.js';
import type { PostgresConnection } from './postgres-connection.js';
import { PooledPostgresRunner } from './pooled-postgres-runner.js';
import { PostgresPool } from './postgres-pool.js';
import { POSTGRES_TRANSACTIONS } from './postgres-transactions.js';
import type { ResolvedPostgresOptions } from './postgres.options.js';

const PARSED_STATEMENTS = 500;

/** What SQLite calls by other names, so that one entity serves both. */
const TYPES = new Map<unknown, string>([
  ['datetime', 'timestamp with time zone'],
  ['blob', 'bytea'],
  ['double', 'double precision'],
]);

/** TypeORM's PostgreSQL dialect over the pool: `slave` runners read on a reader, `master` runners on a writer. */
export class PooledPostgresDriver extends PostgresDriver {
  readonly #insertedWith = new WeakMap<object, number>();
  readonly #parsed = new Lru<string, SqlStatement>(PARSED_STATEMENTS, () => undefined);
  #pool: PostgresPool | undefined;
  #context: RunnerContext<PostgresConnection> | undefined;

  constructor(
    dataSource: DataSource,
    private readonly pooled: ResolvedPostgresOptions,
  ) {
    super(dataSource);
    // Dates are moments: without a zone they would shift between a server and a process in different ones.
    const moment = 'timestamp with time zone';
    this.mappedDataTypes = {
      ...this.mappedDataTypes,
      createDate: moment,
      updateDate: moment,
      deleteDate: moment,
    };
  }

  /** What query runners work with. @throws DatabaseError `database_closed` before `connect()` and after `disconnect()` */
  get runnerContext(): RunnerContext<PostgresConnection> {
    if (this.#context !== undefined) return this.#context;
    throw DatabaseError.of(
      'database_closed',
      'The database is not open. Call initialize() of the data source first.',
    );
  }

  override async connect(): Promise<void> {
    const { clock, acquireTimeoutMs: timeoutMs, leakObserver: observer, leakReportMs: limitMs } = this.pooled;
    const pool = new PostgresPool(this.pooled);
    await pool.open();
    this.#pool = pool;
    this.#context = {
      clock,
      timeoutMs,
      pool,
      scope: new Scope(),
      dialect: POSTGRES_TRANSACTIONS,
      leaks: new LeakWatch({ clock, observer, limitMs }),
      statements: this.pooled.statementObserver,
    };
    const runner = this.createQueryRunner('slave');
    this.version = await runner.getVersion();
    this.database = await runner.getCurrentDatabase();
    this.searchSchema = await runner.getCurrentSchema();
    this.schema ??= this.searchSchema;
    await runner.release();
  }

  /** TypeORM would install extensions, which nothing here needs. */
  override afterConnect(): Promise<void> {
    this.isGeneratedColumnsSupported = true;
    return Promise.resolve();
  }

  override async disconnect(): Promise<void> {
    try {
      await this.#context?.pool.close();
    } finally {
      this.#context?.leaks.stop();
      this.#context = undefined;
    }
  }

  override createQueryRunner(mode: ReplicationMode): PooledPostgresRunner {
    return new PooledPostgresRunner(this, { readOnly: mode === 'slave', label: undefined });
  }

  /** @throws DatabaseError `database_unavailable` while the outcome of a commit is being looked up */
  assertReady(): void {
    this.#pool?.assertReady();
  }

  /** What a statement does; remembered for the statements used last. */
  parse(sql: string): SqlStatement {
    return this.#parsed.get(sql) ?? this.#remember(sql);
  }

  /** Notes how many rows an insert returned, for `createGeneratedMap`. */
  rememberInserted(rows: readonly object[]): void {
    for (const row of rows) this.#insertedWith.set(row, rows.length);
  }

  /**
   * @param row - of RETURNING
   * @param count - how many rows were to be inserted; not given for an update. If others came back, because rows in the
   *   way were ignored, it is unknown which is whose, and nothing is generated.
   */
  override createGeneratedMap(
    metadata: EntityMetadata,
    row: ObjectLiteral,
    _index?: number,
    count?: number,
  ): ObjectLiteral | undefined {
    if (count !== undefined && this.#insertedWith.get(row) !== count) return undefined;
    return super.createGeneratedMap(metadata, row);
  }

  override normalizeType(column: Parameters<PostgresDriver['normalizeType']>[0]): string {
    return TYPES.get(column.type) ?? super.normalizeType(column);
  }

  #remember(sql: string): SqlStatement {
    const statement = parseStatement(sql);
    this.#parsed.set(sql, statement);
    return statement;
  }
}
