import type { DataSource } from 'typeorm';

import { DatabasePool } from '../src/database-pool.js';
import type { DatabaseOptions } from '../src/database.options.js';
import { PooledSqliteDataSource } from '../src/typeorm/pooled-sqlite-data-source.js';
import { Counter, LIBRARY } from './library.entities.js';
import { RecordingWaitObserver } from './recording-wait-observer.js';
import { TemporaryFolder } from './temporary-folder.js';

/** A database file of the suite's entities, for one test. */
export class LibraryDatabase {
  readonly pool: DatabasePool;

  private constructor(
    private readonly folder: TemporaryFolder,
    readonly path: string,
    readonly source: PooledSqliteDataSource,
    readonly observer: RecordingWaitObserver,
  ) {
    this.pool = new DatabasePool(source);
  }

  /** Makes an empty one. Its waits are recorded from here on. */
  static async open(options: Partial<DatabaseOptions> = {}): Promise<LibraryDatabase> {
    const folder = new TemporaryFolder();
    const path = await folder.file('folder/that/is/created/test.db');
    const observer = new RecordingWaitObserver();
    const source = new PooledSqliteDataSource({
      path,
      entities: LIBRARY,
      synchronize: true,
      observer,
      ...options,
    });
    return new LibraryDatabase(folder, path, await source.initialize(), observer);
  }

  /** Adds a counter, or changes it, with the repository of `via`. */
  save(id: string, value = 0, via: Pick<DataSource, 'getRepository'> = this.source): Promise<Counter> {
    return via.getRepository(Counter).save({ id, value });
  }

  /** The ids of all counters, sorted, as the running code sees them. */
  async ids(): Promise<string[]> {
    const counters = await this.source.getRepository(Counter).find({ order: { id: 'ASC' } });
    return counters.map(({ id }) => id);
  }

  /** Closes it, if it is open, and removes the file. */
  async remove(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
    await this.folder.remove();
  }
}
