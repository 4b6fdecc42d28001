import {
  NO_RESULT,
  type BatchRecord,
  type ItemOutcome,
  type ItemRecord,
  type PlannedItem,
} from 'penstock/batch';
import type { JsonObject } from 'penstock/kernel';

import type { BatchItemRow } from './batch-item.entity.js';
import type { BatchRow } from './batch.entity.js';

/**
 * The row of an item that is new.
 *
 * @param sequence - the place among the results, for one whose outcome is known already
 */
export function newItemRow(
  batchId: string,
  { outcome, ...item }: PlannedItem,
  sequence: number,
): BatchItemRow {
  const fresh = { batchId, ...item, ...NO_RESULT, attempts: 0, state: 'pending' as const };
  if (outcome === null) return fresh;
  return { ...fresh, ...outcome, changes: [...outcome.changes], payload: null, durationMs: 0, sequence };
}

/** What an outcome makes of an item. Only a failed one keeps its payload. */
export function columnsOf({ state, result, reason, changes, subject }: ItemOutcome) {
  const forgotten = state === 'failed' ? {} : { payload: null };
  return { state, result, reason, subject, changes: [...changes], ...forgotten };
}

/** What was stored as JSON is JSON. */
export const asBatch = (row: BatchRow): BatchRecord =>
  Object.assign({}, row, { input: row.input as JsonObject });

/** The row as the port has it. */
export const asRecord = (row: BatchItemRow): ItemRecord => Object.assign({}, row);
