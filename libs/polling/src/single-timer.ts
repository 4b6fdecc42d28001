import type { Clock, Timer } from 'penstock/kernel';

/** At most one pending timer, which can be moved. What it calls may also be called soon, whatever the timer is set to. */
export class SingleTimer {
  #timer: Timer | undefined;
  #at = Infinity;
  #isSoon = false;

  constructor(
    private readonly clock: Clock,
    private readonly callback: () => void,
  ) {}

  /** Sets the timer for `at` on the monotonic clock instead of what was set before; `Infinity` for never. */
  set(at: number): void {
    if (at === this.#at) return;
    this.#timer?.cancel();
    this.#at = at;
    this.#timer = at === Infinity ? undefined : this.clock.setTimer(this.#fire, at - this.clock.monotonic());
  }

  /** Calls back in a microtask, once for all who ask until then. */
  soon(): void {
    if (this.#isSoon) return;
    this.#isSoon = true;
    queueMicrotask(() => {
      this.#isSoon = false;
      this.callback();
    });
  }

  readonly #fire = (): void => {
    this.#at = Infinity;
    this.#timer = undefined;
    this.callback();
  };
}
