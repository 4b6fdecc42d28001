import { AsyncResource } from 'node:async_hooks';

import type { Clock } from 'penstock/kernel';

import { ConcurrencyError } from './concurrency.errors.js';
import { SilentWaitObserver, type WaitObserver } from './wait-observer.js';

/** How a {@link Semaphore} is made. */
export interface SemaphoreOptions {
  /** Names the semaphore in reports and errors. */
  readonly name: string;
  /** How many permits there are: an integer of at least 1. */
  readonly permits: number;
  readonly clock: Clock;
  /** Told of every wait. @defaultValue an observer that drops them */
  readonly observer?: WaitObserver;
}

/** Gives the permit back. Calling it again does nothing. */
export type Release = () => void;

interface Waiter {
  grant(): void;
}

/**
 * A counting semaphore: at most `permits` holders at once, waiters served first come, first served.
 * A release hands the permit to the first waiter without letting a newcomer in between.
 */
export class Semaphore {
  readonly #waiters = new Set<Waiter>();
  #free: number;

  constructor(private readonly options: SemaphoreOptions) {
    if (!Number.isInteger(options.permits) || options.permits < 1) {
      throw new RangeError(`permits of ${options.name} must be an integer >= 1, got ${options.permits}`);
    }
    this.#free = options.permits;
  }

  /** Holders, free permits and callers that wait. */
  stats(): { readonly active: number; readonly idle: number; readonly waiting: number } {
    return { active: this.options.permits - this.#free, idle: this.#free, waiting: this.#waiters.size };
  }

  /** Takes a permit if one is free and nobody waits for it; otherwise `undefined`. */
  tryAcquire(): Release | undefined {
    if (this.#free === 0) return undefined;
    this.#free -= 1;
    return this.#releaseOnce();
  }

  /**
   * Takes a permit, waiting for one if need be.
   *
   * @param timeoutMs - longest wait; no limit when left out
   * @throws ConcurrencyError `acquire_timeout` when `timeoutMs` passed, `acquire_aborted` when `signal` aborted.
   *   The caller then holds nothing.
   */
  async acquire(
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Release> {
    options.signal?.throwIfAborted();
    return this.tryAcquire() ?? (await this.#wait(options.timeoutMs, options.signal));
  }

  /** Runs `task` while holding a permit, which is released however the task ends. */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const release = this.tryAcquire() ?? (await this.#wait(undefined, signal));
    try {
      return await task();
    } finally {
      release();
    }
  }

  #wait(timeoutMs: number | undefined, signal: AbortSignal | undefined): Promise<Release> {
    const { name, clock, observer = new SilentWaitObserver() } = this.options;
    const startedAt = clock.monotonic();
    const caller = new AsyncResource('SemaphoreWait');
    return new Promise((resolve, reject) => {
      const finish = (outcome: 'acquired' | 'timeout' | 'aborted'): void => {
        this.#waiters.delete(waiter);
        timer?.cancel();
        signal?.removeEventListener('abort', abort);
        const waitedMs = clock.monotonic() - startedAt;
        caller.runInAsyncScope(() => {
          observer.waited({ resource: name, waitedMs, holder: undefined, outcome });
        });
        if (outcome === 'acquired') resolve(this.#releaseOnce());
        else reject(ConcurrencyError.notAcquired(name, outcome, waitedMs));
      };
      const waiter: Waiter = {
        grant: () => {
          finish('acquired');
        },
      };
      const abort = (): void => {
        finish('aborted');
      };
      const timer =
        timeoutMs === undefined
          ? undefined
          : clock.setTimer(() => {
              finish('timeout');
            }, timeoutMs);
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiters.add(waiter);
    });
  }

  #releaseOnce(): Release {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const [next] = this.#waiters;
      if (next === undefined) this.#free += 1;
      else next.grant();
    };
  }
}
