import { Injectable } from '@nestjs/common';
import {
  NO_RESULT,
  BatchStore,
  skippedBy,
  Tally,
  type BatchEnding,
  type BatchRecord,
  type BatchState,
  type BatchTally,
  type ItemEnd,
  type ItemRecord,
  type ItemState,
  type PlannedItem,
  type Recovery,
} from 'penstock/batch';
import { DatabasePool, insertRows, updateRows } from 'penstock/database';
import { In, MoreThan, type EntityManager } from 'typeorm';

import { BatchItemRow } from './batch-item.entity.js';
import { asBatch, asRecord, columnsOf, newItemRow } from './batch-rows.js';
import { BatchRow } from './batch.entity.js';
import { batchOf, raiseRevision, release, settleAll } from './item-changes.js';

/** Keeps batches in the database. */
@Injectable()
export class DatabaseBatchStore extends BatchStore {
  constructor(private readonly pool: DatabasePool) {
    super();
  }

  override async create(batch: BatchRecord): Promise<void> {
    await this.#change((manager) => manager.insert(BatchRow, Object.assign(new BatchRow(), batch)));
  }

  override async addItems(id: string, items: readonly PlannedItem[]): Promise<void> {
    await this.#change(async (manager) => {
      const { revision, total } = await batchOf(manager, id);
      let sequence = revision;
      const rows = items.map((item) => newItemRow(id, item, item.outcome === null ? 0 : ++sequence));
      if (rows.length > 0) await insertRows(manager, BatchItemRow, rows);
      await manager.update(BatchRow, { id }, { revision: sequence + 1, total: total + items.length });
    });
  }

  override open(id: string, at: number): Promise<BatchRecord> {
    return this.pool.transaction(
      async (manager) => {
        const { revision } = await batchOf(manager, id);
        await manager.update(BatchRow, { id }, { state: 'running', startedAt: at, revision: revision + 1 });
        return asBatch(await batchOf(manager, id));
      },
      { durable: true },
    );
  }

  override async discard(id: string): Promise<void> {
    await this.#change(async (manager) => {
      await manager.delete(BatchItemRow, { batchId: id });
      await manager.delete(BatchRow, { id });
    });
  }

  override get(id: string): Promise<BatchRecord | null> {
    return this.pool.read(async (manager) => {
      const row = await manager.findOneBy(BatchRow, { id });
      return row === null ? null : asBatch(row);
    });
  }

  override unfinished(): Promise<readonly BatchRecord[]> {
    return this.pool.read(async (manager) => {
      const where = { state: In<BatchState>(['preparing', 'running']) };
      return (await manager.find(BatchRow, { where, order: { createdAt: 'ASC', id: 'ASC' } })).map(asBatch);
    });
  }

  override pending(id: string, after: number, limit: number): Promise<readonly ItemRecord[]> {
    return this.pool.read(async (manager) => {
      const where = { batchId: id, state: 'pending' as const, position: MoreThan(after) };
      return (await manager.find(BatchItemRow, { where, order: { position: 'ASC' }, take: limit })).map(
        asRecord,
      );
    });
  }

  override begin(id: string, position: number, at: number): Promise<boolean> {
    return this.#change(async (manager) => {
      const affected = await updateRows(manager, BatchItemRow, {
        set: { state: 'running', startedAt: at },
        raise: 'attempts',
        where: { batchId: id, position, state: 'pending' },
      });
      return affected === 1;
    });
  }

  override finish(
    id: string,
    position: number,
    { tries, durationMs, ...outcome }: ItemEnd,
  ): Promise<boolean> {
    return this.#change(async (manager) => {
      // First, so that of two results at one time the second waits for the first, and comes after it.
      await raiseRevision(manager, id);
      const change = manager
        .createQueryBuilder()
        .update(BatchItemRow)
        .set({
          ...columnsOf(outcome),
          durationMs,
          attempts: () => `attempts + ${Math.max(0, tries - 1)}`,
          sequence: () => '(SELECT b.revision FROM batches b WHERE b.id = :id)',
        })
        .where({ batchId: id, position, state: 'running' })
        .setParameter('id', id);
      const { affected } = await change.execute();
      if (affected === 1) return true;
      await manager.decrement(BatchRow, { id }, 'revision', 1);
      return false;
    });
  }

  override async release(id: string, position: number): Promise<void> {
    await this.#change((manager) => release(manager, { batchId: id, position, state: 'running' }));
  }

  override async recover(id: string, recovery: Recovery): Promise<void> {
    const running = { batchId: id, state: 'running' as const };
    await this.#change((manager) =>
      recovery.kind === 'again' ? release(manager, running) : settleAll(manager, running, recovery.outcome),
    );
  }

  override wind(id: string, ending: BatchEnding, reason: string): Promise<boolean> {
    return this.#change(async (manager) => {
      const { state, ending: before } = await batchOf(manager, id);
      if (state !== 'running' || before !== null) return false;
      await settleAll(manager, { batchId: id, state: 'pending' }, skippedBy(ending));
      await manager.update(BatchRow, { id }, { ending, reason });
      await raiseRevision(manager, id);
      return true;
    });
  }

  override async end(id: string, at: number): Promise<void> {
    await this.#change(async (manager) => {
      const { state, ending } = await batchOf(manager, id);
      const left = { batchId: id, state: In<ItemState>(['pending', 'running']) };
      if (state !== 'running' || (await manager.existsBy(BatchItemRow, left))) return;
      await manager.update(BatchRow, { id }, { state: ending ?? 'completed', endedAt: at });
      await raiseRevision(manager, id);
    });
  }

  override retry(id: string): Promise<number> {
    return this.#change(async (manager) => {
      const { state } = await batchOf(manager, id);
      if (state === 'preparing' || state === 'running') return 0;
      const failed = { batchId: id, state: 'failed' as const };
      const { affected = 0 } = await manager.update(BatchItemRow, failed, { ...NO_RESULT, state: 'pending' });
      if (affected === 0) return 0;
      await manager.update(BatchRow, { id }, { state: 'running', ending: null, reason: null, endedAt: null });
      await raiseRevision(manager, id);
      return affected;
    });
  }

  override async tallies(ids: readonly string[]): Promise<ReadonlyMap<string, BatchTally>> {
    const tallies = new Map(ids.map((id) => [id, new Tally()]));
    for (const { batchId, count, changes, ...item } of await this.#alike(ids)) {
      tallies.get(batchId)?.add({ ...item, changes: changes.split(',').filter(Boolean) }, Number(count));
    }
    return tallies;
  }

  override results(id: string, after: number, limit: number): Promise<readonly ItemRecord[]> {
    return this.pool.read(async (manager) => {
      const where = { batchId: id, sequence: MoreThan(after) };
      return (await manager.find(BatchItemRow, { where, order: { sequence: 'ASC' }, take: limit })).map(
        asRecord,
      );
    });
  }

  /** How many items of each batch are alike in what a tally counts. */
  #alike(ids: readonly string[]): Promise<readonly AlikeItems[]> {
    return this.pool.read((manager) =>
      manager
        .createQueryBuilder(BatchItemRow, 'i')
        .select('i.batchId', 'batchId')
        .addSelect('i.state', 'state')
        .addSelect('i.result', 'result')
        .addSelect('i.changes', 'changes')
        .addSelect('COUNT(*)', 'count')
        .where({ batchId: In(ids) })
        .groupBy('i.batchId')
        .addGroupBy('i.state')
        .addGroupBy('i.result')
        .addGroupBy('i.changes')
        .orderBy('i.result')
        .addOrderBy('i.changes')
        .getRawMany<AlikeItems>(),
    );
  }

  #change<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.pool.transaction(work, { grouped: true });
  }
}

interface AlikeItems extends Pick<ItemRecord, 'batchId' | 'state' | 'result'> {
  /** As the column has them: with commas between. */
  readonly changes: string;
  /** PostgreSQL counts in text. */
  readonly count: number | string;
}
