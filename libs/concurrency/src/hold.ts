import { AsyncLocalStorage } from 'node:async_hooks';

import type { Semaphore } from './semaphore.js';

/**
 * The innermost hold of each async context. It is one for all locks, because each storage costs something at every
 * promise; it holds nothing itself.
 */
const contexts = new AsyncLocalStorage<Hold>();

/** One task that has a lock, known to all that runs in its async context. */
export class Hold {
  /** Who takes the lock again within the task, one at a time. Made when the first one does. */
  turns: Semaphore | undefined;
  /** The task, and each call within it that takes the lock again or waits to. */
  #parts = 1;
  #isRunning = true;
  #outer: Hold | undefined;

  /** @param release - called once, when the last part has ended */
  constructor(
    private readonly lock: object,
    private readonly release: () => void,
  ) {
    this.#outer = Hold.#innermost();
  }

  /** The innermost hold of a lock whose task runs and that the caller is part of. */
  static current(lock: object): Hold | undefined {
    let hold = contexts.getStore();
    while (hold !== undefined && !(hold.lock === lock && hold.#isRunning)) hold = hold.#outer;
    return hold;
  }

  /** Adds a part. Returns the way to end it, to be called once. */
  join(): () => void {
    this.#parts += 1;
    return () => {
      this.#end();
    };
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await contexts.run(this, task);
    } finally {
      this.#isRunning = false;
      this.#end();
    }
  }

  #end(): void {
    this.#parts -= 1;
    if (this.#parts === 0) this.release();
  }

  /**
   * The innermost hold of this context whose task runs. Those between that have ended are left out for good: contexts
   * that lead to one another without end keep no chain of what is over.
   */
  static #innermost(): Hold | undefined {
    const running: Hold[] = [];
    for (let hold = contexts.getStore(); hold !== undefined; hold = hold.#outer) {
      if (hold.#isRunning) running.push(hold);
    }
    for (const [index, hold] of running.entries()) hold.#outer = running[index + 1];
    return running[0];
  }
}
