import { Clock, type Timer } from 'penstock/kernel';

interface Pending {
  readonly dueAt: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that moves only when told to. Timers run in the order of their due times, then of their creation. */
export class ManualClock extends Clock {
  #monotonic = 0;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(private wall = 1_700_000_000_000) {
    super();
  }

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const pending = { dueAt: this.#monotonic + Math.max(0, delayMs), order: this.#order++, callback };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  /** Timers that wait; 0 after a clean shutdown. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  /** Moves only the wall clock, as an operator or NTP does. */
  jump(ms: number): void {
    this.wall += ms;
  }

  /** Moves both clocks by `ms`, running what comes due and letting promises settle after each timer. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settle();
    for (let next = this.#nextDue(end); next !== undefined; next = this.#nextDue(end)) {
      this.#pending.delete(next);
      this.#moveTo(Math.max(next.dueAt, this.#monotonic));
      next.callback();
      await settle();
    }
    this.#moveTo(end);
  }

  #moveTo(monotonic: number): void {
    this.wall += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }

  #nextDue(end: number): Pending | undefined {
    let first: Pending | undefined;
    for (const pending of this.#pending) {
      if (pending.dueAt > end) continue;
      if (
        first === undefined ||
        pending.dueAt < first.dueAt ||
        (pending.dueAt === first.dueAt && pending.order < first.order)
      ) {
        first = pending;
      }
    }
    return first;
  }
}

/** Lets every promise that can settle without a timer or I/O do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
