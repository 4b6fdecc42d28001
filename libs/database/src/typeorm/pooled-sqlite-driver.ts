import { resolve } from 'node:path';

import type { DataSource, ObjectLiteral, QueryResult } from 'typeorm';
import { AbstractSqliteDriver } from 'typeorm/driver/sqlite-abstract/AbstractSqliteDriver.js';
import type { ReplicationMode } from 'typeorm/driver/types/ReplicationMode.js';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import type { EntityMetadata } from 'typeorm/metadata/EntityMetadata.js';
import { OrmUtils } from 'typeorm/util/OrmUtils.js';

import { DatabaseError } from '../database.errors.js';
import type { ResolvedDatabaseOptions } from '../database.options.js';
import { Lru } from '../lru.js';
import { OwnerLock } from '../pool/owner-lock.js';
import { SqlitePool } from '../pool/sqlite-pool.js';
import { parseStatement, type SqlStatement } from '../sql-statement.js';
import { Sqlite3Engine } from '../strategies/sqlite3-engine.js';
import { durabilityOf } from '../transactions/durability.js';
import { LeakWatch } from '../transactions/leak-watch.js';
import { Scope } from '../transactions/scope.js';
import { escapeParameters } from './escape-parameters.js';
import { PooledQueryRunner } from './pooled-query-runner.js';
import type { RunnerContext } from './runner-frames.js';

const PARSED_STATEMENTS = 500;
/** SQLite takes 32,766. A statement of more than this many is hardly run twice, so its numbers may stay in its text. */
const MOST_BOUND = 1_000;

/** What the runners share, with all that the pool of SQLite has. */
interface SqliteContext extends RunnerContext {
  readonly pool: SqlitePool;
}

/** TypeORM's SQLite dialect over the pool: `slave` runners read on a reader, `master` runners write on the writer. */
export class PooledSqliteDriver extends AbstractSqliteDriver {
  readonly #parsed = new Lru<string, SqlStatement>(PARSED_STATEMENTS, () => undefined);
  readonly #insertedWith = new WeakMap<object, number>();
  #context: SqliteContext | undefined;
  #lock: OwnerLock | undefined;

  constructor(
    dataSource: DataSource,
    private readonly pooled: ResolvedDatabaseOptions,
  ) {
    super(dataSource);
    this.supportedIsolationLevels = ['SERIALIZABLE'];
    for (const [name, file] of Object.entries(pooled.attach)) {
      this.attachedDatabases[name] = {
        attachFilepathAbsolute: resolve(file),
        attachFilepathRelative: name,
        attachHandle: name,
      };
    }
  }

  /** What query runners work with. @throws DatabaseError `database_closed` before `connect()` and after `disconnect()` */
  get runnerContext(): SqliteContext {
    if (this.#context === undefined) {
      throw DatabaseError.of(
        'database_closed',
        'The database is not open. Call initialize() of the data source first.',
      );
    }
    return this.#context;
  }

  /** Whether foreign keys are enforced outside of migrations. */
  get foreignKeys(): boolean {
    return this.pooled.pragmas.foreignKeys;
  }

  override async connect(): Promise<void> {
    const { clock, acquireTimeoutMs: timeoutMs, pragmas, statementCacheSize, attach } = this.pooled;
    const { leakObserver: observer, leakReportMs: limitMs } = this.pooled;
    const engine = new Sqlite3Engine(statementCacheSize);
    const pool = new SqlitePool(this.pooled, engine);
    await this.#own(pool, new OwnerLock(this.pooled.path, engine));
    this.#context = {
      clock,
      timeoutMs,
      pool,
      scope: new Scope(),
      durability: durabilityOf(pragmas.synchronous, ['main', ...Object.keys(attach)]),
      leaks: new LeakWatch({ clock, observer, limitMs }),
      statements: this.pooled.statementObserver,
    };
  }

  override async disconnect(): Promise<void> {
    try {
      await this.#context?.pool.close();
    } finally {
      this.#context?.leaks.stop();
      this.#context = undefined;
      await this.#lock?.release();
    }
  }

  /** Opens the pool, as the only process that does where that is wanted. */
  async #own(pool: SqlitePool, lock: OwnerLock): Promise<void> {
    if (this.pooled.exclusive && !pool.inMemory) {
      await lock.acquire(this.pooled.busyTimeoutMs);
      this.#lock = lock;
    }
    try {
      await pool.open();
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  override createQueryRunner(mode: ReplicationMode): PooledQueryRunner {
    return new PooledQueryRunner(this, { readOnly: mode === 'slave', host: undefined, label: undefined });
  }

  /** What a statement does; remembered for the statements used last. */
  parse(sql: string): SqlStatement {
    const known = this.#parsed.get(sql);
    if (known !== undefined) return known;
    const statement = parseStatement(sql);
    this.#parsed.set(sql, statement);
    return statement;
  }

  /** Notes how many rows an insert returned, for `createGeneratedMap`. */
  rememberInserted(statement: SqlStatement, { records }: QueryResult): void {
    if (statement.insertsValues)
      for (const row of records as object[]) this.#insertedWith.set(row, records.length);
  }

  /** SQLite has RETURNING since 3.35: what the database generates comes back with the statement, not by another one. */
  override isReturningSqlSupported(): boolean {
    return true;
  }

  /**
   * @param row - of RETURNING
   * @param count - how many rows were to be inserted; not given for an update. If others came back, because rows in the
   *   way were ignored, it is unknown which is whose, and nothing is generated.
   */
  override createGeneratedMap(
    metadata: EntityMetadata,
    row: unknown,
    _index?: number,
    count?: number,
  ): ObjectLiteral | undefined {
    if (typeof row !== 'object' || row === null) return undefined;
    if (count === undefined) return this.#valuesOf(metadata.columns, row);
    if (this.#insertedWith.get(row) !== count) return undefined;
    return this.#valuesOf(metadata.getInsertionReturningColumns(), row);
  }

  override escapeQueryWithParameters(sql: string, parameters: ObjectLiteral): [string, unknown[]] {
    if (Object.keys(parameters).length > MOST_BOUND) return super.escapeQueryWithParameters(sql, parameters);
    return escapeParameters(sql, parameters);
  }

  /** @throws RangeError for a database that is not attached */
  override buildTableName(tableName: string, _schema?: string, database?: string): string {
    if (database === undefined || database === this.database) return tableName;
    if (database in this.attachedDatabases) return `${database}.${tableName}`;
    throw new RangeError(
      `Table "${tableName}" is in a database "${database}", which is none of those attached ` +
        `(${Object.keys(this.attachedDatabases).join(', ') || 'none'}). Add it to the option attach.`,
    );
  }

  override normalizeType(column: Parameters<AbstractSqliteDriver['normalizeType']>[0]): string {
    const { type } = column;
    if (typeof type === 'function' && type.prototype instanceof Uint8Array) return 'blob';
    return super.normalizeType(column);
  }

  #valuesOf(columns: ColumnMetadata[], row: object): ObjectLiteral {
    const values = new Map<string, unknown>(Object.entries(row));
    const map: ObjectLiteral = {};
    for (const column of columns) {
      // RETURNING gives jsonb in SQLite's binary form, which only SQL can read.
      if (!values.has(column.databaseName) || column.type === 'jsonb') continue;
      const value: unknown = this.prepareHydratedValue(values.get(column.databaseName), column);
      OrmUtils.mergeDeep(map, column.createValueMap(value));
    }
    return map;
  }
}
