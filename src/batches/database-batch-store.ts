import { Injectable } from '@nestjs/common';
import {
  BatchError,
  BatchStore,
  ITEM_STATES,
  skippedBy,
  type BatchEnding,
  type BatchRecord,
  type BatchReport,
  type BatchState,
  type ItemCounts,
  type ItemEnd,
  type ItemOutcome,
  type ItemRecord,
  type ItemState,
  type PlannedItem,
  type Recovery,
} from 'penstock/batch';
import type { JsonObject } from 'penstock/kernel';
import { DatabasePool } from 'penstock/database';
import { In, MoreThan, type EntityManager } from 'typeorm';

import { BatchItemRow } from './batch-item.entity.js';
import { BatchRow } from './batch.entity.js';

const FRESH = {
  ...{ result: null, reason: null, changes: [], subject: null },
  ...{ startedAt: null, durationMs: null, sequence: null },
};

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
      const rows = items.map(({ outcome, ...item }): BatchItemRow => ({
        ...{ batchId: id, ...item, ...FRESH, attempts: 0, state: 'pending' as const },
        ...(outcome === null ? {} : { ...outcome, payload: null, durationMs: 0, sequence: ++sequence }),
        changes: [...(outcome?.changes ?? [])],
      }));
      await manager.insert(BatchItemRow, rows);
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
      const { affected } = await manager.update(
        BatchItemRow,
        { batchId: id, position, state: 'pending' },
        { state: 'running', startedAt: at, attempts: () => 'attempts + 1' },
      );
      return affected === 1;
    });
  }

  override finish(
    id: string,
    position: number,
    { tries, durationMs, ...outcome }: ItemEnd,
  ): Promise<boolean> {
    return this.#change(async (manager) => {
      const item = await manager.findOneBy(BatchItemRow, { batchId: id, position, state: 'running' });
      if (item === null) return false;
      await manager.update(
        BatchItemRow,
        { batchId: id, position },
        {
          ...columnsOf(outcome),
          ...{ durationMs, attempts: item.attempts + Math.max(0, tries - 1) },
          sequence: await nextRevision(manager, id),
        },
      );
      return true;
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
      await nextRevision(manager, id);
      return true;
    });
  }

  override async end(id: string, at: number): Promise<void> {
    await this.#change(async (manager) => {
      const { state, ending } = await batchOf(manager, id);
      const left = { batchId: id, state: In<ItemState>(['pending', 'running']) };
      if (state !== 'running' || (await manager.existsBy(BatchItemRow, left))) return;
      await manager.update(BatchRow, { id }, { state: ending ?? 'completed', endedAt: at });
      await nextRevision(manager, id);
    });
  }

  override retry(id: string): Promise<number> {
    return this.#change(async (manager) => {
      const { state } = await batchOf(manager, id);
      if (state === 'preparing' || state === 'running') return 0;
      const failed = { batchId: id, state: 'failed' as const };
      const { affected = 0 } = await manager.update(BatchItemRow, failed, { ...FRESH, state: 'pending' });
      if (affected === 0) return 0;
      await manager.update(BatchRow, { id }, { state: 'running', ending: null, reason: null, endedAt: null });
      await nextRevision(manager, id);
      return affected;
    });
  }

  override async counts(id: string): Promise<ItemCounts> {
    const counted = await this.#groups(id, 'state');
    return Object.fromEntries(ITEM_STATES.map((state) => [state, counted.get(state) ?? 0])) as ItemCounts;
  }

  override async report(id: string): Promise<BatchReport> {
    const changes: Record<string, number> = {};
    for (const [words, count] of await this.#groups(id, 'changes')) {
      for (const word of words.split(',').filter(Boolean)) changes[word] = (changes[word] ?? 0) + count;
    }
    return { results: Object.fromEntries(await this.#groups(id, 'result')), changes };
  }

  override results(id: string, after: number, limit: number): Promise<readonly ItemRecord[]> {
    return this.pool.read(async (manager) => {
      const where = { batchId: id, sequence: MoreThan(after) };
      return (await manager.find(BatchItemRow, { where, order: { sequence: 'ASC' }, take: limit })).map(
        asRecord,
      );
    });
  }

  /** How many items have each value of a column, those with none left out. */
  async #groups(id: string, column: 'state' | 'result' | 'changes'): Promise<ReadonlyMap<string, number>> {
    const rows = await this.pool.read((manager) =>
      manager
        .createQueryBuilder(BatchItemRow, 'i')
        .select(`i.${column}`, 'value')
        .addSelect('COUNT(*)', 'count')
        .where('i.batchId = :id', { id })
        .groupBy(`i.${column}`)
        .getRawMany<{ readonly value: string | null; readonly count: number | string }>(),
    );
    return new Map(
      rows.flatMap(({ value, count }) => (value === null ? [] : [[value, Number(count)] as const])),
    );
  }

  #change<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.pool.transaction(work, { grouped: true });
  }
}

/** Which items a change is about. */
interface ItemsInState {
  readonly batchId: string;
  readonly state: ItemState;
  readonly position?: number;
}

async function batchOf(manager: EntityManager, id: string): Promise<BatchRow> {
  const row = await manager.findOneBy(BatchRow, { id });
  if (row === null) throw BatchError.notFound(id);
  return row;
}

async function nextRevision(manager: EntityManager, id: string): Promise<number> {
  const { revision } = await batchOf(manager, id);
  await manager.update(BatchRow, { id }, { revision: revision + 1 });
  return revision + 1;
}

async function release(manager: EntityManager, which: ItemsInState): Promise<void> {
  const { ending } = await batchOf(manager, which.batchId);
  if (ending === null) await manager.update(BatchItemRow, which, { state: 'pending', startedAt: null });
  else await settleAll(manager, which, skippedBy(ending));
}

/** Gives many items one outcome, each with a sequence of its own. */
async function settleAll(manager: EntityManager, which: ItemsInState, outcome: ItemOutcome): Promise<void> {
  const { batchId } = which;
  const last = await manager.findOne(BatchItemRow, { where: which, order: { position: 'DESC' } });
  if (last === null) return;
  const { revision } = await batchOf(manager, batchId);
  const change = { ...columnsOf(outcome), durationMs: 0, sequence: () => `${revision} + ordinal` };
  await manager.update(BatchItemRow, which, change);
  await manager.update(BatchRow, { id: batchId }, { revision: revision + last.position });
}

function columnsOf({ state, result, reason, changes, subject }: ItemOutcome) {
  const forgotten = state === 'failed' ? {} : { payload: null };
  return { ...{ state, result, reason, subject }, changes: [...changes], ...forgotten };
}

/** What was stored as JSON is JSON. */
export const asBatch = (row: BatchRow): BatchRecord =>
  Object.assign({}, row, { input: row.input as JsonObject });

/** The row as the port has it. */
export const asRecord = (row: BatchItemRow): ItemRecord => Object.assign({}, row);
