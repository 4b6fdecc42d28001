import { Injectable } from '@nestjs/common';

/** Tells this process that something of a batch is another now, after it was stored. */
@Injectable()
export class BatchChanges {
  readonly #listeners = new Map<string, Set<() => void>>();

  publish(id: string): void {
    for (const listener of this.#listeners.get(id) ?? []) listener();
  }

  /** Calls `listener`, which returns at once and does not throw, after every change of a batch. @returns stops the calls */
  subscribe(id: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(id);
    };
  }
}
