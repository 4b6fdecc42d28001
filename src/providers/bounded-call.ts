import type { Clock, Timer } from 'penstock/kernel';

/** A call that was aborted may take this long to end by itself and say what became of it. */
const ABORT_GRACE_MS = 1_000;

/** One call of a plugin's method, which may hang. It is made once for each poll, so it is lean: one controller, and no listener. */
export class BoundedCall {
  /** Where it is among the calls under way. */
  seat = -1;
  readonly #controller = new AbortController();
  #timeout: Timer | undefined;
  #grace: Timer | undefined;
  #desert: ((reason: unknown) => void) | undefined;
  #isOver = false;

  constructor(private readonly clock: Clock) {}

  /** Aborts the call after this many milliseconds. */
  limit(timeoutMs: number, reason: () => Error): void {
    this.#timeout = this.clock.setTimer(() => {
      this.abort(reason());
    }, timeoutMs);
  }

  /** Settles as `work` does, or rejects with the reason of the abort once work that goes on has had its time. */
  outcome<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#desert = reject;
      work(this.#controller.signal).then(resolve, reject);
    });
  }

  /** Aborts what the call does, or what it handed over when it is over. The first reason stands. */
  abort(reason: unknown): void {
    if (this.#controller.signal.aborted) return;
    if (!this.#isOver) {
      this.#grace = this.clock.setTimer(() => {
        this.#desert?.(reason);
      }, ABORT_GRACE_MS);
    }
    this.#controller.abort(reason);
  }

  /** The call has settled: no timer of it is left. */
  over(): void {
    this.#isOver = true;
    this.#timeout?.cancel();
    this.#grace?.cancel();
  }
}
