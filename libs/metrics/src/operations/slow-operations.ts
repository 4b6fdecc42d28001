import type { OperationKind, WaitedFor } from './operation.js';

/** Something that took too long, and why. */
export interface SlowOperation {
  /** Rises by one with each; unique while the process lives. */
  readonly sequence: number;
  /** When it ended, in milliseconds since 1970. */
  readonly at: number;
  readonly kind: OperationKind;
  /** Of a wait, the resource that was waited for. */
  readonly operation: string;
  readonly durationMs: number;
  /** What it was held against. */
  readonly limitMs: number;
  readonly outcome: 'ok' | 'error' | 'timeout' | 'aborted';
  /** What it waited for, the longest in sum first. */
  readonly waits: readonly WaitedFor[];
  /** The operations that it was a part of, the innermost first. */
  readonly within: readonly string[];
  readonly ids: Readonly<Record<string, string>>;
}

const MOST_LATEST = 100;
const MOST_WORST = 50;

/** Keeps the latest and the worst slow operations, in memory, while the process lives. */
export class SlowOperations {
  readonly #latest: SlowOperation[] = [];
  readonly #worst: SlowOperation[] = [];
  #sequence = 0;

  /** Keeps one. */
  add(slow: Omit<SlowOperation, 'sequence'>): SlowOperation {
    this.#sequence += 1;
    const kept = Object.freeze({ ...slow, sequence: this.#sequence });
    this.#latest.unshift(kept);
    this.#latest.length = Math.min(this.#latest.length, MOST_LATEST);
    this.#worst.push(kept);
    this.#worst.sort((one, other) => other.durationMs - one.durationMs);
    this.#worst.length = Math.min(this.#worst.length, MOST_WORST);
    return kept;
  }

  /** At most 100, the latest first. */
  latest(): readonly SlowOperation[] {
    return [...this.#latest];
  }

  /** At most 50, the longest first. */
  worst(): readonly SlowOperation[] {
    return [...this.#worst];
  }
}
