/** Grants that the rate is taken from. */
const MOST_GRANTS = 64;
/** Older grants say nothing of the present, in milliseconds. */
const WINDOW_MS = 10 * 60_000;

/** How fast waiters are served, from the last 64 grants of the last 10 minutes. Times are on the monotonic clock. */
export class ServiceRate {
  readonly #times: number[] = [];

  granted(at: number): void {
    this.#times.push(at);
    if (this.#times.length > MOST_GRANTS) this.#times.shift();
  }

  /** Milliseconds between two grants; `null` while fewer than two are known. It grows while nothing happens. */
  intervalMs(now: number): number | null {
    const recent = this.#times.filter((at) => at > now - WINDOW_MS);
    const [first] = recent;
    const last = recent.at(-1);
    if (first === undefined || last === undefined || recent.length < 2) return null;
    return Math.max((last - first) / (recent.length - 1), (now - first) / recent.length);
  }
}
