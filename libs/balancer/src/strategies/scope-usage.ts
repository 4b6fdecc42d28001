import { SlidingWindow } from './sliding-window.js';

/** How much is used of the things of one scope, by name. Names that are not in use take no room. */
export class ScopeUsage {
  readonly #kinds = new Map<string, Map<string, number>>();
  /** The least recently used first. */
  readonly #windows = new Map<string, SlidingWindow>();

  inFlight(name: string, kind?: string): number {
    if (kind !== undefined) return this.#kinds.get(kind)?.get(name) ?? 0;
    let sum = 0;
    for (const counts of this.#kinds.values()) sum += counts.get(name) ?? 0;
    return sum;
  }

  count(name: string, kind: string, change: 1 | -1): void {
    let counts = this.#kinds.get(kind);
    if (counts === undefined) this.#kinds.set(kind, (counts = new Map<string, number>()));
    const count = (counts.get(name) ?? 0) + change;
    if (count === 0) counts.delete(name);
    else counts.set(name, count);
  }

  /** Notes that a lease began. */
  began(name: string, at: number, now: number): void {
    const window = this.#windows.get(name) ?? new SlidingWindow();
    window.record(at, now);
    this.#windows.delete(name);
    this.#windows.set(name, window);
    this.#forgetIdle(now);
  }

  freeAt(name: string, perMinute: number, now: number): number {
    return this.#windows.get(name)?.freeAt(perMinute, now) ?? -Infinity;
  }

  #forgetIdle(now: number): void {
    for (const [name, window] of this.#windows) {
      if (!window.isEmpty(now)) return;
      this.#windows.delete(name);
    }
  }
}
