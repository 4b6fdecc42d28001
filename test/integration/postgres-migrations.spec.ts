import { PooledPostgresDataSource } from 'penstock/database';
import { describePostgres, PostgresDatabase } from 'penstock/database/testing';
import { afterAll, beforeAll } from 'vitest';

import { describeMigrations } from '../support/describe-migrations.js';

describePostgres('PostgreSQL', (serverUrl) => {
  let database: PostgresDatabase;

  beforeAll(async () => {
    database = await PostgresDatabase.create(serverUrl);
  });

  afterAll(() => database.remove());

  describeMigrations(
    'on PostgreSQL',
    (options) => new PooledPostgresDataSource({ url: database.url, ...options }),
    {
      tables: "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
      empty: () => database.empty(),
    },
  );
});
