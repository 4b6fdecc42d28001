import { PooledPostgresDataSource } from 'penstock/database';
import { describePostgres, PostgresDatabase } from 'penstock/database/testing';
import { afterAll, afterEach, beforeAll } from 'vitest';

import {
  DELIVERY_SCHEMA,
  describeDeliveryStore,
} from '../../src/webhooks/testing/describe-delivery-store.js';

describePostgres('PostgreSQL', (serverUrl) => {
  let database: PostgresDatabase;

  beforeAll(async () => {
    database = await PostgresDatabase.create(serverUrl);
  });
  afterEach(() => database.empty());
  afterAll(() => database.remove());

  describeDeliveryStore('on PostgreSQL with four that write', () =>
    new PooledPostgresDataSource({ url: database.url, writers: 4, ...DELIVERY_SCHEMA }).initialize(),
  );
});
