import type { Clock, Timer } from 'penstock/kernel';

/** At most one pending timer, which can be moved. */
export class SingleTimer {
  #timer: Timer | undefined;
  #at = Infinity;

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

  readonly #fire = (): void => {
    this.#at = Infinity;
    this.#timer = undefined;
    this.callback();
  };
}
