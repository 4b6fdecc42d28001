import { Logger } from '@nestjs/common';
import { ManualClock } from 'penstock/kernel/testing';
import { Registry } from 'prom-client';

import { AppMetrics } from '../src/app-metrics.js';
import { Operations } from '../src/operations/operations.js';
import { SlowLimits } from '../src/operations/slow-limits.js';
import { SlowOperations } from '../src/operations/slow-operations.js';
import { SlowReports } from '../src/operations/slow-reports.js';
import { LogLines } from './log-lines.js';
import { parseExposition, type Exposition } from './parse-exposition.js';

/** Operations with all that they report to. */
export interface WatchedOperations {
  readonly clock: ManualClock;
  readonly metrics: AppMetrics;
  readonly operations: Operations;
  readonly limits: SlowLimits;
  readonly kept: SlowOperations;
  readonly log: LogLines;
  scrape(): Promise<Exposition>;
  /** Gives Nest its logger back. */
  close(): void;
}

/** Operations on a clock of their own, with the default limits. Nest's logger is replaced until it is closed. */
export function watchedOperations(clock = new ManualClock()): WatchedOperations {
  const registry = new Registry();
  const metrics = new AppMetrics(registry);
  const limits = new SlowLimits({ slowOperationMs: 1_000, slowWaitMs: 100, slowAfterMs: {} });
  const kept = new SlowOperations();
  const log = new LogLines();
  Logger.overrideLogger(log);
  return {
    clock,
    metrics,
    limits,
    kept,
    log,
    operations: new Operations(new SlowReports(metrics, limits, kept, clock), clock),
    scrape: async () => parseExposition(await registry.metrics()),
    close: () => {
      Logger.overrideLogger(['log', 'error', 'warn']);
    },
  };
}
