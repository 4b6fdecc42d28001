import { CallRing, type CallQuery, type CallRecord, type Violation } from './call-ring.js';
import type { FaultTarget } from './fault-rules.js';
import type { Job } from './job.js';
import { OPERATIONS, type Operation } from './operation.js';

/** How often a prompt was submitted, and what came of it. */
export interface SubmissionCount {
  /** Submissions that reached the server, whatever became of them. */
  calls: number;
  /** Jobs made. */
  jobs: number;
}

/** What is known of the watching of one job. */
export interface Observation {
  /** Retrieve calls about it. */
  polls: number;
  /** When an answer that showed its end was first sent; `null` before. */
  endSeenAt: number | null;
}

/** What one secret did wrong. */
export type ViolationCount = Record<Violation, number>;

/** Remembers what callers did. Its counters are exact; of the calls themselves it keeps the latest. */
export class Witness {
  readonly callsByOperation = Object.fromEntries(OPERATIONS.map((name) => [name, 0])) as Record<
    Operation,
    number
  >;
  readonly callsByStatus: Record<string, number> = {};
  readonly submissions = new Map<string, SubmissionCount>();
  readonly #observations = new Map<string, Observation>();
  readonly #violations = new Map<string, ViolationCount>();
  readonly #ring: CallRing;

  constructor(callsKept: number) {
    this.#ring = new CallRing(callsKept);
  }

  /** A call came in. The record is completed when it is answered. */
  arrived(target: FaultTarget, at: number): CallRecord {
    this.callsByOperation[target.operation] += 1;
    const call: CallRecord = { at, ...target, status: null, answeredAt: null, fault: null, violations: [] };
    this.#ring.add(call);
    return call;
  }

  answered(call: CallRecord, status: number, at: number): void {
    call.status = status;
    call.answeredAt = at;
    this.callsByStatus[status] = (this.callsByStatus[status] ?? 0) + 1;
  }

  submitted(prompt: string): void {
    this.#submission(prompt).calls += 1;
  }

  created(job: Job): void {
    this.#submission(job.request.prompt).jobs += 1;
  }

  polled(job: Job): void {
    this.#observation(job.id).polls += 1;
  }

  endSeen(job: Job, at: number): void {
    this.#observation(job.id).endSeenAt ??= at;
  }

  violated(call: CallRecord, violation: Violation): void {
    call.violations = [...call.violations, violation];
    const count = entry(this.#violations, call.secret, () => ({ concurrency: 0, hammering: 0 }));
    count[violation] += 1;
  }

  calls(query: CallQuery): readonly CallRecord[] {
    return this.#ring.latest(query);
  }

  observation(jobId: string): Readonly<Observation> {
    return this.#observations.get(jobId) ?? { polls: 0, endSeenAt: null };
  }

  violations(secret: string): Readonly<ViolationCount> {
    return this.#violations.get(secret) ?? { concurrency: 0, hammering: 0 };
  }

  /** Secrets that broke a rule at least once. */
  violators(): Iterable<string> {
    return this.#violations.keys();
  }

  #submission(prompt: string): SubmissionCount {
    return entry(this.submissions, prompt, () => ({ calls: 0, jobs: 0 }));
  }

  #observation(jobId: string): Observation {
    return entry(this.#observations, jobId, () => ({ polls: 0, endSeenAt: null }));
  }
}

function entry<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
