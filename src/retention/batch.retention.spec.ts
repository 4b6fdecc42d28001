import { succeeded, type BatchState } from 'penstock/batch';
import { aBatch, anItem } from 'penstock/batch/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { BatchItemRow } from '../batches/batch-item.entity.js';
import { BatchRow } from '../batches/batch.entity.js';
import { DatabaseBatchStore } from '../batches/database-batch-store.js';
import { startRequestsApp, type RequestsApp } from '../requests/testing/requests-app.js';
import { BatchRetention } from './batch.retention.js';

const DAY_MS = 24 * 60 * 60_000;

describe('the retention of batches', () => {
  let app: RequestsApp;
  let store: DatabaseBatchStore;
  beforeEach(async () => {
    app = await startRequestsApp();
    store = new DatabaseBatchStore(app.pool);
  });
  afterEach(() => app.test.close());

  const outcome = succeeded('valid');
  const batch = async (id: string, endedAt: number, items: number): Promise<void> => {
    await store.create(aBatch({ id, createdAt: endedAt - 1_000 }));
    const all = Array.from({ length: items }, (_, index) => anItem(index + 1, { outcome }));
    await store.addItems(id, all);
    await store.open(id, endedAt);
    await store.end(id, endedAt);
  };
  const prune = (limit: number): Promise<number> => app.test.app.get(BatchRetention).prune(limit);
  const left = async (): Promise<readonly unknown[]> => [
    (await app.pool.read((manager) => manager.find(BatchRow, { order: { id: 'ASC' } }))).map(({ id }) => id),
    await app.pool.read((manager) => manager.count(BatchItemRow)),
  ];

  it('forgets what ended too long ago, a large one bit by bit', async () => {
    const now = app.test.clock.now();
    await batch('old', now - 91 * DAY_MS, 5);
    await batch('late', now - 89 * DAY_MS, 2);
    expect(await prune(3)).toBe(3);
    expect(await left()).toEqual([['late', 'old'], 4]);
    expect(await prune(3)).toBe(3);
    expect(await left()).toEqual([['late'], 2]);
    expect(await prune(3)).toBe(0);
  });

  it('goes on where a batch has exactly as many items as may go at once', async () => {
    await batch('old', app.test.clock.now() - 91 * DAY_MS, 3);
    expect([await prune(3), await prune(3), await left()]).toEqual([3, 1, [[], 0]]);
  });

  it('keeps what has not ended, however old', async () => {
    const at = app.test.clock.now() - 400 * DAY_MS;
    for (const state of ['preparing', 'running'] satisfies BatchState[]) {
      await store.create(aBatch({ id: state, state, createdAt: at, startedAt: at }));
      await store.addItems(state, [anItem(1)]);
    }
    expect(await prune(100)).toBe(0);
    expect(await left()).toEqual([['preparing', 'running'], 2]);
  });

  it('keeps everything where it is told to', async () => {
    await app.set('retention', { batchDays: 0 });
    await batch('old', 1_000, 1);
    expect([await prune(100), await left()]).toEqual([0, [['old'], 1]]);
  });
});
