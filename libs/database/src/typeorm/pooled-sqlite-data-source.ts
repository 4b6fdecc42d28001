import type { EntityManager, EntityMetadata } from 'typeorm';

import { resolveDatabaseOptions, type DatabaseOptions } from '../database.options.js';
import type { DatabaseFile } from '../maintenance/database-file.js';
import type { SqliteConnection } from '../ports/sqlite-connection.js';
import { PooledDataSource } from './pooled-data-source.js';
import { PooledQueryRunner } from './pooled-query-runner.js';
import { PooledSqliteDriver } from './pooled-sqlite-driver.js';
import type { RunnerContext, RunnerPlace } from './runner-frames.js';
import { toTypeOrmOptions } from './typeorm-options.js';

/**
 * A TypeORM data source over pooled SQLite connections. Reads (`find`, select query builders) run at once on read-only
 * connections and see what is committed; writes and transactions take the one writer in the order they came. A long
 * read never delays a write, nor a write a read.
 */
export class PooledSqliteDataSource extends PooledDataSource<SqliteConnection> {
  override driver: PooledSqliteDriver;
  override readonly manager: EntityManager;

  /** @throws RangeError for an option out of bounds */
  constructor(options: DatabaseOptions) {
    const resolved = resolveDatabaseOptions(options);
    super(toTypeOrmOptions(resolved));
    this.driver = new PooledSqliteDriver(this, resolved);
    this.manager = this.createEntityManager();
  }

  protected override get shared(): RunnerContext {
    return this.driver.runnerContext;
  }

  /** The file that the database lives in; `undefined` for one in memory. */
  get file(): DatabaseFile | undefined {
    return this.driver.runnerContext.pool.file;
  }

  createRunnerIn(place: RunnerPlace): PooledQueryRunner {
    const runner = new PooledQueryRunner(this.driver, place);
    return Object.assign(runner, { manager: this.createEntityManager(runner) });
  }

  protected override async buildMetadatas(): Promise<void> {
    await super.buildMetadatas();
    for (const metadata of this.entityMetadatas) checkForeignKeys(metadata);
  }
}

/** SQLite has no foreign keys from one file to another. */
function checkForeignKeys({ name, database, foreignKeys }: EntityMetadata): void {
  for (const { referencedEntityMetadata: other, columns } of foreignKeys) {
    if (other.database === database) continue;
    const property = columns[0]?.relationMetadata?.propertyName ?? '';
    throw new RangeError(
      `Relation ${name}.${property} refers to ${other.name} in another database, where SQLite has no foreign keys. ` +
        'Set createForeignKeyConstraints: false on it.',
    );
  }
}
