import { AsyncLocalStorage } from 'node:async_hooks';

import type { Frame } from './frame.js';

/** Work that calls may join while it is open. */
type Joinable = Pick<Frame, 'isOpen'>;

interface Entry<F> {
  readonly frame: F;
  readonly outer: Entry<F> | undefined;
}

/**
 * Which frame the running code is in, by its async context. Code that outlives its frame is in the next outer one that
 * is still open, or in none.
 */
export class Scope<F extends Joinable = Frame> {
  readonly #entries = new AsyncLocalStorage<Entry<F> | undefined>();

  /** Runs `work`, and all it starts, in `frame`. */
  run<T>(frame: F, work: () => T): T {
    return this.#entries.run({ frame, outer: this.#find(() => true) }, work);
  }

  /** Runs `work`, and all it starts, in no frame. */
  leave<T>(work: () => T): T {
    return this.#entries.run(undefined, work);
  }

  /** The innermost open frame that `fits`. */
  current(fits: (frame: F) => boolean): F | undefined {
    return this.#find(fits)?.frame;
  }

  #find(fits: (frame: F) => boolean): Entry<F> | undefined {
    let entry = this.#entries.getStore();
    while (entry !== undefined && !(entry.frame.isOpen && fits(entry.frame))) entry = entry.outer;
    return entry;
  }
}
