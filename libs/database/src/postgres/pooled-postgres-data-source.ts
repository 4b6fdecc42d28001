import type { EntityManager } from 'typeorm';

import { PooledDataSource } from '../typeorm/pooled-data-source.js';
import type { RunnerContext, RunnerPlace } from '../typeorm/runner-frames.js';
import { commonTypeOrmOptions } from '../typeorm/typeorm-options.js';
import type { PostgresConnection } from './postgres-connection.js';
import { PooledPostgresDriver } from './pooled-postgres-driver.js';
import { PooledPostgresRunner } from './pooled-postgres-runner.js';
import { isConflict } from './postgres-failures.js';
import {
  resolvePostgresOptions,
  type PostgresOptions,
  type ResolvedPostgresOptions,
} from './postgres.options.js';
import { repeatConflicts } from './repeat-conflicts.js';

/** TypeORM loads `pg` by itself unless it is given one; the pool has its own connections. */
const PLACEHOLDER_DRIVER = Object.freeze({});

/**
 * A TypeORM data source over pooled PostgreSQL connections, used as the one for SQLite is: reads run on connections that
 * only read, writes and transactions take one that writes in the order they came, and calls inside a transaction join it.
 */
export class PooledPostgresDataSource extends PooledDataSource<PostgresConnection> {
  override driver: PooledPostgresDriver;
  override readonly manager: EntityManager;
  override readonly mustRepeat = isConflict;
  readonly #options: ResolvedPostgresOptions;

  /** @throws RangeError for an option out of bounds */
  constructor(options: PostgresOptions) {
    const resolved = resolvePostgresOptions(options);
    super({
      ...commonTypeOrmOptions(resolved),
      type: 'postgres',
      driver: PLACEHOLDER_DRIVER,
      uuidExtension: 'pgcrypto',
      installExtensions: false,
    });
    this.#options = resolved;
    this.driver = new PooledPostgresDriver(this, resolved);
    this.manager = this.createEntityManager();
  }

  protected override get shared(): RunnerContext<PostgresConnection> {
    return this.driver.runnerContext;
  }

  createRunnerIn(place: RunnerPlace<PostgresConnection>): PooledPostgresRunner {
    const runner = new PooledPostgresRunner(this.driver, place);
    return Object.assign(runner, { manager: this.createEntityManager(runner) });
  }

  override assertReady(): void {
    this.driver.assertReady();
  }

  override repeat<T>(attempt: () => Promise<T>): Promise<T> {
    const { clock, random, acquireTimeoutMs: timeoutMs } = this.#options;
    return repeatConflicts(attempt, { clock, random, timeoutMs });
  }
}
