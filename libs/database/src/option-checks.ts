import { SilentWaitObserver } from 'penstock/concurrency';
import { SystemClock } from 'penstock/kernel';

import { SilentStatementObserver } from './ports/statement-observer.js';
import { WarnsOfLeaks } from './transactions/warns-of-leaks.js';

/** The longest delay that timers take, in milliseconds. */
export const LONGEST_MS = 2 ** 31 - 1;

/** Defaults of the options that both databases have. */
export function commonDefaults() {
  return {
    readers: 5,
    acquireTimeoutMs: 10_000,
    closeTimeoutMs: 10_000,
    migrationsRun: true,
    synchronize: false,
    logging: false as const,
    entities: [],
    migrations: [],
    subscribers: [],
    leakReportMs: 30_000,
    leakObserver: new WarnsOfLeaks(),
    clock: new SystemClock(),
    observer: new SilentWaitObserver(),
    statementObserver: new SilentStatementObserver(),
  };
}

/** @throws RangeError for an option of both databases that is out of bounds */
export function checkCommon(options: {
  readonly readers: number;
  readonly acquireTimeoutMs: number;
  readonly closeTimeoutMs: number;
  readonly leakReportMs: number;
}): void {
  checkRange('readers', options.readers, 1, 64);
  checkRange('acquireTimeoutMs', options.acquireTimeoutMs, 1, LONGEST_MS);
  checkRange('closeTimeoutMs', options.closeTimeoutMs, 0, LONGEST_MS);
  checkRange('leakReportMs', options.leakReportMs, 0, LONGEST_MS);
}

/** The options without those that are `undefined`. */
export function given<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** @throws RangeError unless `value` is an integer within the bounds */
export function checkRange(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name} must be an integer from ${least} to ${most}, got ${value}`);
}

/** @throws RangeError unless `value` is allowed */
export function checkOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value))
    throw new RangeError(`${name} must be one of ${allowed.join(', ')}, got ${value}`);
}
