import type { EdgeCondition } from './edge-snapshot.js';

/** Where a circuit stands. Immutable, and replaced as a whole: who reads it needs no lock. Times are monotonic. */
export interface CircuitState {
  readonly condition: EdgeCondition;
  readonly since: number;
  /** Of the last evidence; `null` when there was none. */
  readonly reason: string | null;
  /** When it is tried again; `Infinity` unless it is open. */
  readonly dueAt: number;
  /** How often it opened. */
  readonly challenges: number;
  /** Rises with each change. What was learnt by a call of an older one is out of date. */
  readonly epoch: number;
}

/** One that has seen no evidence. */
export const CLEAR: Omit<CircuitState, 'since' | 'epoch'> = Object.freeze({
  condition: 'clear',
  reason: null,
  dueAt: Infinity,
  challenges: 0,
});
