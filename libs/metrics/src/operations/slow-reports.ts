import { Injectable, Logger, Optional } from '@nestjs/common';
import type { Wait } from 'penstock/concurrency';
import { Clock, SystemClock } from 'penstock/kernel';

import { AppMetrics } from '../app-metrics.js';
import { describeSlow } from './describe-slow.js';
import type { Operation } from './operation.js';
import { SlowLimits } from './slow-limits.js';
import { SlowOperations, type SlowOperation } from './slow-operations.js';

const BUCKETS_SECONDS = [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** How an operation ended. */
export interface OperationEnd {
  /** Monotonic. */
  readonly now: number;
  /** What it took, without the parts that were reported by themselves. */
  readonly ownMs: number;
  readonly outcome: 'ok' | 'error';
}

/** Measures operations; what was slow is warned about, counted and kept, each once. */
@Injectable()
export class SlowReports {
  readonly #logger = new Logger('Slow');
  readonly #durations;
  readonly #slow;
  readonly #slowWaits;

  constructor(
    metrics: AppMetrics,
    private readonly limits: SlowLimits,
    private readonly kept: SlowOperations,
    @Optional() private readonly clock: Clock = new SystemClock(),
  ) {
    this.#durations = metrics.histogram({
      name: 'penstock_operation_duration_seconds',
      help: 'Time that operations other than requests took: methods, calls of upstreams, queries, scheduled tasks.',
      labelNames: ['kind', 'operation', 'outcome'],
      buckets: BUCKETS_SECONDS,
    });
    this.#slow = metrics.counter({
      name: 'penstock_slow_operations_total',
      help: 'Operations that were slow by themselves, not because of a part that was reported.',
      labelNames: ['kind', 'operation'],
    });
    this.#slowWaits = metrics.counter({
      name: 'penstock_slow_waits_total',
      help: 'Waits that took longer than the limit for warnings.',
      labelNames: ['resource'],
    });
  }

  /** @returns whether it was reported */
  operation(operation: Operation, { now, ownMs, outcome }: OperationEnd): boolean {
    const { description, startedAt } = operation;
    const { kind, name } = description;
    const durationMs = now - startedAt;
    if (kind !== 'request')
      this.#durations.observe({ kind, operation: name, outcome }, Math.max(0, durationMs) / 1_000);
    const limitMs = this.limits.ofOperation(description);
    if (ownMs <= limitMs) return false;
    this.#slow.inc({ kind, operation: name });
    this.#report({
      at: this.clock.now(),
      kind,
      operation: name,
      durationMs,
      limitMs,
      outcome,
      waits: operation.waits(),
      within: operation.around().map((outer) => outer.description.name),
      ids: operation.ids(),
    });
    return true;
  }

  /** @returns whether it was reported */
  wait(wait: Wait, operation: Operation | undefined): boolean {
    const { resource, waitedMs, holder = null } = wait;
    const limitMs = this.limits.ofWait(wait);
    if (waitedMs <= limitMs) return false;
    this.#slowWaits.inc({ resource });
    const around = operation === undefined ? [] : [operation, ...operation.around()];
    this.#report({
      at: this.clock.now(),
      kind: 'wait',
      operation: resource,
      durationMs: waitedMs,
      limitMs,
      outcome: wait.outcome === 'acquired' ? 'ok' : wait.outcome,
      waits: [{ resource, count: 1, totalMs: waitedMs, longestMs: waitedMs, holder }],
      within: around.map((outer) => outer.description.name),
      ids: operation?.ids() ?? {},
    });
    return true;
  }

  #report(slow: Omit<SlowOperation, 'sequence'>): void {
    this.#logger.warn(describeSlow(this.kept.add(slow)));
  }
}
