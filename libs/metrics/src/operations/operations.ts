import { AsyncLocalStorage } from 'node:async_hooks';

import { Injectable, Optional } from '@nestjs/common';
import type { Wait } from 'penstock/concurrency';
import { Clock, SystemClock } from 'penstock/kernel';

import { Operation, type OperationDescription } from './operation.js';
import { SlowReports } from './slow-reports.js';

/**
 * Times operations, and knows what they waited for: a wait counts for the operation in whose async context it is
 * reported, and for those around it.
 *
 * One that took longer than its limit is reported once, with its culprit: of what it took, the parts that were reported by
 * themselves (a slow operation inside of it, a long wait) do not count, since their reports name it already.
 */
@Injectable()
export class Operations {
  readonly #running = new AsyncLocalStorage<Operation>();

  constructor(
    private readonly reports: SlowReports,
    @Optional() private readonly clock: Clock = new SystemClock(),
  ) {}

  /** Times `work`, to its end if it returns a promise. Hands on what it gives and what it throws. */
  run<T>(description: OperationDescription, work: () => T): T {
    const operation = this.begin(description);
    let result: T;
    try {
      result = this.within(operation, work);
    } catch (error) {
      this.end(operation, 'error');
      throw error;
    }
    if (!(result instanceof Promise)) {
      this.end(operation, 'ok');
      return result;
    }
    const settled = (result as Promise<unknown>).then(
      (value) => {
        this.end(operation, 'ok');
        return value;
      },
      (error: unknown) => {
        this.end(operation, 'error');
        throw error;
      },
    );
    return settled as T;
  }

  /** Begins an operation inside of the running one. Whoever begins it ends it. */
  begin(description: OperationDescription): Operation {
    return new Operation(description, this.clock.monotonic(), this.#current());
  }

  /** Runs `work` as a part of an operation. */
  within<T>(operation: Operation, work: () => T): T {
    return this.#running.run(operation, work);
  }

  /**
   * Ends an operation, and reports it if it was slow.
   *
   * @returns how long it took, in milliseconds; 0 when it had ended before, which then does nothing
   */
  end(operation: Operation, outcome: 'ok' | 'error'): number {
    if (operation.ended) return 0;
    const now = this.clock.monotonic();
    const ownMs = operation.end(now);
    if (this.reports.operation(operation, { now, ownMs, outcome }))
      operation.parent?.partReported(operation.startedAt, now);
    return now - operation.startedAt;
  }

  /** Takes note of a wait, in the async context of the caller that waited. */
  waited(wait: Wait): void {
    const operation = this.#current();
    operation?.waited(wait);
    if (!this.reports.wait(wait, operation)) return;
    const now = this.clock.monotonic();
    operation?.partReported(now - wait.waitedMs, now);
  }

  #current(): Operation | undefined {
    const operation = this.#running.getStore();
    return operation?.ended === true ? undefined : operation;
  }
}
