import { afterAll, afterEach, beforeAll } from 'vitest';

import {
  describeDatabasePool,
  describeDataSource,
  describePostgres,
  PostgresDatabase,
} from '../../testing/index.js';
import { PooledPostgresDataSource } from './pooled-postgres-data-source.js';

describePostgres('PooledPostgresDataSource', (serverUrl) => {
  let database: PostgresDatabase;

  beforeAll(async () => {
    database = await PostgresDatabase.create(serverUrl);
  });

  afterEach(() => database.empty());

  afterAll(() => database.remove());

  describeDatabasePool('PostgreSQL', (options) =>
    new PooledPostgresDataSource({ url: database.url, ...options }).initialize(),
  );

  for (const writers of [1, 4]) {
    describeDataSource(`PostgreSQL (writers: ${writers})`, (options) =>
      new PooledPostgresDataSource({ url: database.url, writers, ...options }).initialize(),
    );
  }
});
