import { DataSource, MigrationExecutor, type EntityManager, type Migration } from 'typeorm';

import type { EndWait } from '../pool/told-wait.js';
import type { DatabaseStats } from '../pool/lease.js';
import type { PooledConnection } from '../ports/pooled-connection.js';
import type { FramedRunner } from './framed-runner.js';
import { PooledEntityManager } from './pooled-entity-manager.js';
import type { RunnerContext, RunnerPlace } from './runner-frames.js';

/** How migrations are run, as TypeORM takes it. */
export interface MigrationOptions {
  readonly transaction?: 'all' | 'none' | 'each';
  readonly fake?: boolean;
}

/** What the data sources of this lib have in common. */
export abstract class PooledDataSource<
  Connection extends PooledConnection = PooledConnection,
> extends DataSource {
  /** What its runners share. */
  protected abstract get shared(): RunnerContext<Connection>;

  /** Connections in use, free and waited for, now. */
  stats(): DatabaseStats {
    return this.shared.pool.stats();
  }

  /** Runs `work` so that it joins nothing that the caller is in. */
  outside<T>(work: () => T): T {
    return this.shared.scope.leave(work);
  }

  /** Begins a wait for the writer by somebody who leases none: see `ConnectionPool.beginWait`. */
  beginWait(): EndWait {
    return this.shared.pool.writer.beginWait();
  }

  /** Begins a wait for the commit that the writer will make: see `ConnectionPool.beginCommitWait`. */
  beginCommitWait(): EndWait {
    return this.shared.pool.writer.beginCommitWait();
  }

  /** A query runner that works in a given place. Release it. */
  abstract createRunnerIn(place: RunnerPlace<Connection>): FramedRunner<Connection>;

  /** @throws DatabaseError when it is known that no transaction can begin now */
  assertReady(): void {
    // SQLite always can.
  }

  /** Whether a transaction that failed like this is to be run again, as a whole. */
  readonly mustRepeat: (error: unknown) => boolean = () => false;

  /** Runs an outermost transaction, and again while it must be. */
  repeat<T>(attempt: () => Promise<T>): Promise<T> {
    return attempt();
  }

  override createEntityManager(queryRunner?: FramedRunner<Connection>): EntityManager {
    return new PooledEntityManager(this, queryRunner);
  }

  /** As TypeORM's, which would keep the writer if it failed before the first migration. */
  override runMigrations(options: MigrationOptions = {}): Promise<Migration[]> {
    return this.#migrate(options, (executor) => executor.executePendingMigrations());
  }

  /**
   * As TypeORM's, but with foreign keys off as they are on the way up: on SQLite, recreating a table would otherwise
   * delete the rows that refer to it.
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
    work: (executor: MigrationExecutor, runner: FramedRunner) => Promise<T>,
  ): Promise<T> {
    const runner = this.createRunnerIn({ readOnly: false, label: 'migrations' });
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

/** Whether a data source is one of this lib. */
export const isPooled = (source: DataSource): source is PooledDataSource =>
  source instanceof PooledDataSource;
