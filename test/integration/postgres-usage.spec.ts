import { PooledPostgresDataSource } from 'penstock/database';
import { describePostgres, PostgresDatabase } from 'penstock/database/testing';
import { afterAll, afterEach, beforeAll } from 'vitest';

import { describeUsageLedger } from '../../src/usage/testing/describe-usage-ledger.js';
import { USAGE_SCHEMA } from '../../src/usage/testing/usage-world.js';

describePostgres('PostgreSQL', (serverUrl) => {
  let database: PostgresDatabase;

  beforeAll(async () => {
    database = await PostgresDatabase.create(serverUrl);
  });
  afterEach(() => database.empty());
  afterAll(() => database.remove());

  describeUsageLedger('on PostgreSQL with four that write', () =>
    new PooledPostgresDataSource({ url: database.url, writers: 4, ...USAGE_SCHEMA }).initialize(),
  );
});
