import { PooledSqliteDataSource } from 'penstock/database';

import { DELIVERY_SCHEMA, describeDeliveryStore } from '../testing/describe-delivery-store.js';

describeDeliveryStore('on SQLite', () =>
  new PooledSqliteDataSource({ path: ':memory:', ...DELIVERY_SCHEMA }).initialize(),
);
