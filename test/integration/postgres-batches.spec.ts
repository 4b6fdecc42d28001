import { describeBatchStore } from 'penstock/batch/testing';
import { DatabasePool, PooledPostgresDataSource } from 'penstock/database';
import { describePostgres, PostgresDatabase } from 'penstock/database/testing';
import { afterEach, beforeEach } from 'vitest';

import { BatchItemRow } from '../../src/batches/batch-item.entity.js';
import { BatchRow } from '../../src/batches/batch.entity.js';
import { DatabaseBatchStore } from '../../src/batches/database-batch-store.js';
import { CreateBatches1764000030000 } from '../../src/batches/migrations/1764000030000-create-batches.js';

describePostgres('on PostgreSQL', (serverUrl) => {
  let database: PostgresDatabase;
  let source: PooledPostgresDataSource;
  let store: DatabaseBatchStore;

  beforeEach(async () => {
    database = await PostgresDatabase.create(serverUrl);
    source = new PooledPostgresDataSource({
      url: database.url,
      writers: 4,
      entities: [BatchRow, BatchItemRow],
      migrations: [CreateBatches1764000030000],
    });
    store = new DatabaseBatchStore(new DatabasePool(await source.initialize()));
  });

  afterEach(async () => {
    await source.destroy();
    await database.remove();
  });

  describeBatchStore('DatabaseBatchStore', () => store);
});
