import type { Fault } from './fault.js';
import type { Operation } from './operation.js';

/** A rule of good conduct that a caller broke. */
export type Violation = 'concurrency' | 'hammering';

/** One call, as it came in and as it was answered. */
export interface CallRecord {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly operation: Operation;
  /** The key that came with the call, known or not; empty when there was none. */
  readonly secret: string;
  /** The job it is about; for a submission, the job it made. */
  jobId: string | null;
  /** HTTP status of the answer; `null` while there is none, and when none was ever sent. */
  status: number | null;
  /** When its answer began to be sent; `null` while there is none, and when none was ever sent. */
  answeredAt: number | null;
  /** The fault it suffered. */
  fault: Fault['type'] | null;
  violations: readonly Violation[];
}

/** Which calls are wanted: the latest `limit` (default 100) of those that match. */
export interface CallQuery {
  readonly operation?: Operation | undefined;
  readonly jobId?: string | undefined;
  readonly limit?: number | undefined;
}

/** The latest calls; when it is full each new one takes the place of the oldest. */
export class CallRing {
  readonly #calls: CallRecord[] = [];
  #oldest = 0;

  constructor(private readonly capacity: number) {}

  add(call: CallRecord): void {
    if (this.#calls.length < this.capacity) {
      this.#calls.push(call);
      return;
    }
    this.#calls[this.#oldest] = call;
    this.#oldest = (this.#oldest + 1) % this.capacity;
  }

  /** Matching calls, oldest first. */
  latest(query: CallQuery): readonly CallRecord[] {
    const found: CallRecord[] = [];
    const limit = query.limit ?? 100;
    for (let back = 1; back <= this.#calls.length && found.length < limit; back += 1) {
      const call = this.#calls[(this.#oldest - back + this.#calls.length) % this.#calls.length];
      if (call !== undefined && matches(call, query)) found.push(call);
    }
    return found.reverse();
  }
}

function matches(call: CallRecord, { operation, jobId }: CallQuery): boolean {
  if (operation !== undefined && call.operation !== operation) return false;
  return jobId === undefined || call.jobId === jobId;
}
