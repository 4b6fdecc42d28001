import { setImmediate as nextTurn } from 'node:timers/promises';

/** Rows from which on a result is large: making entities of it takes milliseconds. */
export const LARGE = 100;

/**
 * Hands out large results one in each turn of the event loop. Reads of several connections often end together, and what
 * their callers do with the rows would otherwise all happen in one turn, with everybody else waiting.
 */
export class LoopTurns {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when a large result may be handed out: in a turn of its own, first come first. */
  take(): Promise<void> {
    this.#last = this.#last.then(() => nextTurn());
    return this.#last;
  }
}
