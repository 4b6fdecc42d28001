import { describeBatchStore } from 'penstock/batch/testing';
import { DatabasePool, PooledSqliteDataSource } from 'penstock/database';
import { afterEach } from 'vitest';

import { BatchItemRow } from './batch-item.entity.js';
import { BatchRow } from './batch.entity.js';
import { DatabaseBatchStore } from './database-batch-store.js';
import { CreateBatches1764000030000 } from './migrations/1764000030000-create-batches.js';

const sources: PooledSqliteDataSource[] = [];

afterEach(async () => {
  for (const source of sources.splice(0)) await source.destroy();
});

describeBatchStore('DatabaseBatchStore', async () => {
  const source = new PooledSqliteDataSource({
    path: ':memory:',
    entities: [BatchRow, BatchItemRow],
    migrations: [CreateBatches1764000030000],
  });
  sources.push(source);
  return new DatabaseBatchStore(new DatabasePool(await source.initialize()));
});
