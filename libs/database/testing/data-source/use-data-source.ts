import type { DataSource } from 'typeorm';
import { afterEach, beforeEach } from 'vitest';

import type { CommonDatabaseOptions } from '../../src/database.options.js';

/** Makes an initialized data source on an empty database, with these options on top of its own. */
export type MakeDataSource = (options: CommonDatabaseOptions) => Promise<DataSource>;

/** Gives each test of the suite around it a data source of its own, with the schema of the entities. */
export function useDataSource(
  make: MakeDataSource,
  entities: NonNullable<CommonDatabaseOptions['entities']>,
): () => DataSource {
  let source: DataSource | undefined;
  beforeEach(async () => {
    source = await make({ entities, synchronize: true });
  });
  afterEach(async () => {
    if (source?.isInitialized === true) await source.destroy();
  });
  return () => {
    if (source === undefined) throw new Error('There is a data source only while a test runs.');
    return source;
  };
}
