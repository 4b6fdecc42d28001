import { Injectable } from '@nestjs/common';
import { BatchError, BatchStore, type BatchRecord, type ItemRecord, type ItemState } from 'penstock/batch';
import { DatabasePool } from 'penstock/database';
import { MoreThan } from 'typeorm';

import type { Cursor } from '../../http/index.js';
import { BatchItemRow } from '../batch-item.entity.js';
import { asBatch, asRecord } from '../batch-rows.js';
import { BatchRow } from '../batch.entity.js';

/** Lists batches and their items. */
@Injectable()
export class BatchQueries {
  constructor(
    private readonly pool: DatabasePool,
    private readonly store: BatchStore,
  ) {}

  /** @throws BatchError `batch_not_found` */
  async get(id: string): Promise<BatchRecord> {
    const batch = await this.store.get(id);
    if (batch === null || batch.state === 'preparing') throw BatchError.notFound(id);
    return batch;
  }

  /** Batches, the newest first. */
  list(
    limit: number,
    after: Cursor | undefined,
    operation: string | undefined,
  ): Promise<readonly BatchRecord[]> {
    return this.pool.read(async (manager) => {
      const query = manager
        .createQueryBuilder(BatchRow, 'b')
        .where('b.state <> :preparing', { preparing: 'preparing' })
        .orderBy('b.createdAt', 'DESC')
        .addOrderBy('b.id', 'DESC')
        .take(limit);
      if (operation !== undefined) query.andWhere('b.operation = :operation', { operation });
      if (after !== undefined)
        query.andWhere('(b.createdAt < :createdAt OR (b.createdAt = :createdAt AND b.id < :id))', after);
      return (await query.getMany()).map(asBatch);
    });
  }

  /** Items after a position, in order. */
  items(id: string, after: number, limit: number, state?: ItemState): Promise<readonly ItemRecord[]> {
    return this.pool.read(async (manager) => {
      const where = { batchId: id, position: MoreThan(after), ...(state === undefined ? {} : { state }) };
      return (await manager.find(BatchItemRow, { where, order: { position: 'ASC' }, take: limit })).map(
        asRecord,
      );
    });
  }
}
