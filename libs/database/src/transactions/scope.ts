import { AsyncLocalStorage } from 'node:async_hooks';

import type { Frame } from './frame.js';

interface Entry {
  readonly frame: Frame;
  readonly outer: Entry | undefined;
}

/**
 * Which frame the running code is in, by its async context. Code that outlives its frame is in the next outer one that
 * is still open, or in none.
 */
export class Scope {
  readonly #entries = new AsyncLocalStorage<Entry | undefined>();

  /** Runs `work`, and all it starts, in `frame`. */
  run<T>(frame: Frame, work: () => T): T {
    return this.#entries.run({ frame, outer: this.#find(() => true) }, work);
  }

  /** The innermost open frame that `fits`. */
  current(fits: (frame: Frame) => boolean): Frame | undefined {
    return this.#find(fits)?.frame;
  }

  #find(fits: (frame: Frame) => boolean): Entry | undefined {
    let entry = this.#entries.getStore();
    while (entry !== undefined && !(entry.frame.isOpen && fits(entry.frame))) entry = entry.outer;
    return entry;
  }
}
