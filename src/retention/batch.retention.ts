import { DatabasePool } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import { Settings } from 'penstock/settings';
import { In, LessThan, type EntityManager } from 'typeorm';

import { BatchItemRow } from '../batches/batch-item.entity.js';
import { BatchRow } from '../batches/batch.entity.js';
import { Retained, type RetainedRows } from './retained-rows.js';
import { daysInMs, retentionSettings } from './retention.settings.js';

const ENDED = In(['completed', 'stopped', 'cancelled']);

/** Forgets batches some time after their end, with their items; a large one bit by bit, its items first. */
@Retained('batches')
export class BatchRetention implements RetainedRows {
  constructor(
    private readonly pool: DatabasePool,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async prune(limit: number): Promise<number> {
    const { batchDays } = this.settings.get(retentionSettings);
    if (batchDays === 0) return 0;
    const endedAt = LessThan(this.clock.now() - daysInMs(batchDays));
    return this.pool.transaction((manager) => pruneOne(manager, endedAt, limit), {
      label: 'retention of batches',
    });
  }
}

/** Looks and deletes in one transaction, so that nothing goes of a batch that somebody just retried. */
async function pruneOne(
  manager: EntityManager,
  endedAt: ReturnType<typeof LessThan<number>>,
  limit: number,
): Promise<number> {
  const batch = await manager.findOne(BatchRow, {
    select: { id: true },
    where: { state: ENDED, endedAt },
    order: { createdAt: 'ASC', id: 'ASC' },
  });
  if (batch === null) return 0;
  const items = await manager.find(BatchItemRow, {
    select: { batchId: true, position: true },
    where: { batchId: batch.id },
    take: limit,
  });
  if (items.length > 0) {
    const positions = In(items.map(({ position }) => position));
    await manager.delete(BatchItemRow, { batchId: batch.id, position: positions });
  }
  if (items.length === limit) return limit;
  await manager.delete(BatchRow, { id: batch.id });
  return items.length + 1;
}
