/** Rows from which on a result is large: making entities of it takes milliseconds. */
export const LARGE = 100;

/**
 * Hands out large results one in each turn of the event loop. Reads of several connections often end together, and what
 * their callers do with the rows would otherwise all happen in one turn, with everybody else waiting.
 */
export class LoopTurns {
  #last: Promise<void> | undefined;
  #waiting = 0;

  /** Resolves when a large result may be handed out: in a turn of its own, first come first. */
  async take(): Promise<void> {
    this.#waiting += 1;
    const turn = (this.#last ?? Promise.resolve()).then(nextTurn);
    this.#last = turn;
    await turn;
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#last = undefined;
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
