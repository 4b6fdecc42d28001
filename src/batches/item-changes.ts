import { BatchError, skippedBy, type ItemOutcome, type ItemState } from 'penstock/batch';
import { updateRows } from 'penstock/database';
import type { EntityManager } from 'typeorm';

import { BatchItemRow } from './batch-item.entity.js';
import { columnsOf } from './batch-rows.js';
import { BatchRow } from './batch.entity.js';

/** Which items a change is about. */
export interface ItemsInState {
  readonly batchId: string;
  readonly state: ItemState;
  readonly position?: number;
}

/** @throws BatchError `batch_not_found` */
export async function batchOf(manager: EntityManager, id: string): Promise<BatchRow> {
  const row = await manager.findOneBy(BatchRow, { id });
  if (row === null) throw BatchError.notFound(id);
  return row;
}

/** Raises the revision of a batch, which nobody else changes until the transaction ends. */
export async function raiseRevision(manager: EntityManager, id: string): Promise<void> {
  await updateRows(manager, BatchRow, { set: {}, raise: 'revision', where: { id } });
}

/** Pending again, or skipped when the batch is ending. */
export async function release(manager: EntityManager, which: ItemsInState): Promise<void> {
  const { ending } = await batchOf(manager, which.batchId);
  if (ending === null) await manager.update(BatchItemRow, which, { state: 'pending', startedAt: null });
  else await settleAll(manager, which, skippedBy(ending));
}

/** Gives many items one outcome, each with a sequence of its own. */
export async function settleAll(
  manager: EntityManager,
  which: ItemsInState,
  outcome: ItemOutcome,
): Promise<void> {
  const { batchId } = which;
  const last = await manager.findOne(BatchItemRow, { where: which, order: { position: 'DESC' } });
  if (last === null) return;
  const { revision } = await batchOf(manager, batchId);
  const change = { ...columnsOf(outcome), durationMs: 0, sequence: () => `${revision} + ordinal` };
  await manager.update(BatchItemRow, which, change);
  await manager.update(BatchRow, { id: batchId }, { revision: revision + last.position });
}
