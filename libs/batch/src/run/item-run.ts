import { CodedError, type Clock } from 'penstock/kernel';

import type { BatchRecord, ItemOutcome, ItemRecord } from '../batch.js';
import type { ItemEnd } from '../ports/batch-store.js';
import type { RegisteredOperation } from '../operations.registry.js';
import { failed } from '../outcome.js';
import { withinTime } from './within-time.js';

/** What running an item needs. */
export interface ItemRunParts {
  readonly batch: BatchRecord;
  readonly operation: RegisteredOperation;
  readonly clock: Clock;
  readonly abortGraceMs: number;
  readonly retryPauseMs: number;
  /** Resolves when a try may start, or as soon as `halt` aborts. */
  readonly turn: () => Promise<void>;
  /** Aborts when nothing may start any more. */
  readonly halt: AbortSignal;
  /** Aborts when the process ends: what waits for another try gets it after the next start. */
  readonly stop: AbortSignal;
  /** Aborts when what is under way has to come to its end. */
  readonly abandon: AbortSignal;
  readonly exclusively: <T>(key: string, work: () => Promise<T>) => Promise<T>;
}

/** A try that failed. */
interface Trouble {
  readonly outcome: ItemOutcome;
  readonly retryAfterMs: number;
  readonly isLast: boolean;
}

/**
 * Runs an item, with its retries, within its time.
 *
 * @returns `null` when nothing may start any more before it began, or before it is tried again after a restart
 */
export async function runItem(item: ItemRecord, parts: ItemRunParts): Promise<ItemEnd | null> {
  const { batch, clock, halt, retryPauseMs } = parts;
  let startedAt: number | null = null;
  let trouble: ItemOutcome | null = null;
  const endOf = (outcome: ItemOutcome, tries: number): ItemEnd => ({
    ...outcome,
    tries,
    durationMs: startedAt === null ? 0 : Math.round(clock.monotonic() - startedAt),
  });
  for (let attempt = 1; ; attempt += 1) {
    await parts.turn();
    if (halt.aborted) return trouble === null || parts.stop.aborted ? null : endOf(trouble, attempt - 1);
    startedAt ??= clock.monotonic();
    const leftMs = startedAt + batch.limits.timeoutMs - clock.monotonic();
    const end = await tryOnce({ item, parts, attempt, leftMs });
    if (!('outcome' in end)) return endOf(end, attempt);
    trouble = end.outcome;
    const pauseMs = Math.max(end.retryAfterMs, retryPauseMs * 2 ** (attempt - 1));
    const deadlineAt = startedAt + batch.limits.timeoutMs;
    const isOver = clock.monotonic() + pauseMs >= deadlineAt;
    if (end.isLast || attempt > batch.limits.retries || isOver) return endOf(trouble, attempt);
    await clock.sleep(pauseMs, halt);
  }
}

interface Try {
  readonly item: ItemRecord;
  readonly parts: ItemRunParts;
  readonly attempt: number;
  readonly leftMs: number;
}

async function tryOnce({ item, parts, attempt, leftMs }: Try): Promise<ItemOutcome | Trouble> {
  const { batch, operation, clock, abortGraceMs, exclusively } = parts;
  const { handler } = operation;
  const end = await withinTime(
    { clock, timeoutMs: leftMs, graceMs: abortGraceMs, abandon: parts.abandon },
    (signal) => {
      const context = { input: batch.input, attempt, signal, exclusively };
      return batch.limits.dryRun ? handler.preview(item, context) : handler.run(item, context);
    },
  );
  switch (end.kind) {
    case 'done':
      return end.value;
    case 'overdue': {
      const ending = end.stopped ? '' : ' It did not stop when it was told to, and may be going on.';
      const reason = `It took longer than ${batch.limits.timeoutMs} ms.${ending}`;
      return { outcome: failed('deadline_exceeded', { reason }), retryAfterMs: 0, isLast: true };
    }
    case 'thrown':
      return { ...troubleOf(end.error), isLast: false };
  }
}

function troubleOf(error: unknown): Pick<Trouble, 'outcome' | 'retryAfterMs'> {
  const reason = error instanceof Error ? error.message : String(error);
  if (!isCoded(error)) return { outcome: failed('error', { reason }), retryAfterMs: 0 };
  return { outcome: failed(error.code, { reason }), retryAfterMs: error.retryAfterMs ?? 0 };
}

const isCoded = (error: unknown): error is CodedError => error instanceof CodedError;
