import { DataSource, MigrationExecutor, type EntityManager, type Migration, type QueryRunner } from 'typeorm';

import { resolveDatabaseOptions, type DatabaseOptions } from '../database.options.js';
import type { DatabaseFile } from '../maintenance/database-file.js';
import type { DatabaseStats } from '../pool/sqlite-pool.js';
import { PooledEntityManager } from './pooled-entity-manager.js';
import { PooledQueryRunner } from './pooled-query-runner.js';
import { PooledSqliteDriver } from './pooled-sqlite-driver.js';
import type { RunnerPlace } from './runner-frames.js';
import { toTypeOrmOptions } from './typeorm-options.js';

/**
 * A TypeORM data source over pooled SQLite connections. Reads (`find`, select query builders) run at once on read-only
 * connections and see what is committed; writes and transactions take the one writer in the order they came. A long
 * read never delays a write, nor a write a read.
 */
export class PooledSqliteDataSource extends DataSource {
  override driver: PooledSqliteDriver;
  override readonly manager: EntityManager;

  /** @throws RangeError for an option out of bounds */
  constructor(options: DatabaseOptions) {
    const resolved = resolveDatabaseOptions(options);
    super(toTypeOrmOptions(resolved));
    this.driver = new PooledSqliteDriver(this, resolved);
    this.manager = this.createEntityManager();
  }

  /** Connections in use, free and waited for, now. */
  stats(): DatabaseStats {
    return this.driver.runnerContext.pool.stats();
  }

  /** The file that the database lives in; `undefined` for one in memory. */
  get file(): DatabaseFile | undefined {
    return this.driver.runnerContext.pool.file;
  }

  /** A query runner that works in a given place. Release it. */
  createRunnerIn(place: RunnerPlace): PooledQueryRunner {
    const runner = new PooledQueryRunner(this.driver, place);
    return Object.assign(runner, { manager: this.createEntityManager(runner) });
  }

  override createEntityManager(queryRunner?: QueryRunner): EntityManager {
    return new PooledEntityManager(this, queryRunner);
  }

  /** As TypeORM's, which would keep the writer if it failed before the first migration. */
  override runMigrations(options: MigrationOptions = {}): Promise<Migration[]> {
    return this.#migrate(options, (executor) => executor.executePendingMigrations());
  }

  /**
   * As TypeORM's, but with foreign keys off as they are on the way up: recreating a table would otherwise delete the
   * rows that refer to it.
   */
  override undoLastMigration(options: MigrationOptions = {}): Promise<void> {
    return this.#migrate(options, async (executor, runner) => {
      await runner.beforeMigration();
      await executor.undoLastMigration();
      await runner.afterMigration();
    });
  }

  async #migrate<T>(
    options: MigrationOptions,
    work: (executor: MigrationExecutor, runner: PooledQueryRunner) => Promise<T>,
  ): Promise<T> {
    const runner = this.createRunnerIn({ readOnly: false, host: undefined, label: 'migrations' });
    try {
      const executor = new MigrationExecutor(this, runner);
      executor.transaction = options.transaction ?? this.options.migrationsTransactionMode ?? 'all';
      executor.fake = options.fake ?? false;
      return await work(executor, runner);
    } finally {
      await runner.release();
    }
  }
}

interface MigrationOptions {
  readonly transaction?: 'all' | 'none' | 'each';
  readonly fake?: boolean;
}
