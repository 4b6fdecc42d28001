import type { BatchRecord, PlannedItem } from 'penstock/batch';

/** A batch that is not open yet, with what is given changed. */
export function aBatch(changes: Partial<BatchRecord> = {}): BatchRecord {
  return {
    id: 'batch_1',
    operation: 'token.test',
    input: { state: 'all' },
    createdBy: 'key_1',
    limits: {
      concurrency: 5,
      intervalMs: 0,
      retries: 0,
      timeoutMs: 60_000,
      onError: 'continue',
      dryRun: false,
    },
    state: 'preparing',
    ending: null,
    reason: null,
    revision: 0,
    total: 0,
    createdAt: 1_700_000_000_000,
    startedAt: null,
    endedAt: null,
    ...changes,
  };
}

/** An item whose outcome is not known yet, with what is given changed. */
export function anItem(position: number, changes: Partial<PlannedItem> = {}): PlannedItem {
  const name = `item ${String(position)}`;
  return { position, key: name, label: name, payload: `payload of ${name}`, outcome: null, ...changes };
}
