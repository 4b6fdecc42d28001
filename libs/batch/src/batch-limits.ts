import type { BatchLimits } from './batch.js';
import { BatchError } from './batch.errors.js';
import type { RegisteredOperation } from './operations.registry.js';

/** How somebody wants a batch to be run; what is left out is as the operation has it. */
export type BatchWish = { readonly [Name in keyof BatchLimits]?: BatchLimits[Name] | undefined };

/** What an operation allows, now. */
export type OperationLimits = Pick<BatchLimits, 'concurrency' | 'intervalMs'>;

const DEFAULT_TIMEOUT_MS = 120_000;
const MAX_RETRIES = 10;
const MAX_TIMEOUT_MS = 60 * 60_000;
const MAX_INTERVAL_MS = 60 * 60_000;

/** What the operation allows at this moment. */
export function operationLimits({ manifest, handler }: RegisteredOperation): OperationLimits {
  const { concurrency = manifest.concurrency, intervalMs = manifest.intervalMs ?? 0 } = handler.limits();
  return { concurrency, intervalMs };
}

/**
 * Fills in the operation's own. A batch may be gentler than its operation, never harder.
 *
 * @throws BatchError `batch_limit` that names the field, what was got and what would be right
 */
export function resolveLimits(wish: BatchWish, operation: RegisteredOperation): BatchLimits {
  const { name, retries = 0, timeoutMs = DEFAULT_TIMEOUT_MS } = operation.manifest;
  const most = operationLimits(operation);
  const limits = withDefaults(wish, { ...most, retries, timeoutMs, onError: 'continue', dryRun: false });
  const { concurrency, intervalMs } = limits;
  if (!isInteger(concurrency, 1, most.concurrency))
    throw BatchError.limit(
      'concurrency',
      concurrency,
      `an integer from 1 to ${most.concurrency} for ${name}`,
    );
  if (!within(intervalMs, most.intervalMs, MAX_INTERVAL_MS))
    throw BatchError.limit(
      'intervalMs',
      intervalMs,
      `at least ${most.intervalMs} for ${name}, at most an hour`,
    );
  if (!isInteger(limits.retries, 0, MAX_RETRIES))
    throw BatchError.limit('retries', limits.retries, `an integer from 0 to ${MAX_RETRIES}`);
  if (!within(limits.timeoutMs, 1, MAX_TIMEOUT_MS))
    throw BatchError.limit('timeoutMs', limits.timeoutMs, `from 1 to ${MAX_TIMEOUT_MS}`);
  return limits;
}

function withDefaults(wish: BatchWish, defaults: BatchLimits): BatchLimits {
  const wanted = Object.entries(wish).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(wanted) };
}

const within = (value: number, least: number, most: number): boolean => value >= least && value <= most;

const isInteger = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && within(value, least, most);
