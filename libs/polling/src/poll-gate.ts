import { PollBudget } from './poll-budget.js';
import type { PollHold } from './ports/poll-journal.js';

/** What one token or one origin may do. */
export interface GateLimits {
  /** Calls at once. */
  readonly maxActive: number;
  /** Requests a minute; 0 for any number. */
  readonly perMinute: number;
}

/** That a due poll had to wait at that time, and what for. */
export interface HeldPoll {
  readonly by: PollHold;
  readonly at: number;
}

/** Says when the next call of one token, or to one origin, may begin. All times are on the monotonic clock. */
export class PollGate {
  #active = 0;
  #pausedUntil = -Infinity;
  #budget: PollBudget | undefined;
  #held: HeldPoll | undefined;

  /** @param emptiedAt - since when its requests are known: what came before counts as having used up the budget */
  constructor(
    private limits: GateLimits,
    emptiedAt: number,
  ) {
    this.#budget = limits.perMinute > 0 ? new PollBudget(limits.perMinute, emptiedAt) : undefined;
  }

  get active(): number {
    return this.#active;
  }

  /** Whether its requests a minute are bounded. */
  get isBounded(): boolean {
    return this.#budget !== undefined;
  }

  /** When a call may begin: a past time for now, `Infinity` while only the end of another call helps. */
  get opensAt(): number {
    if (this.#active >= this.limits.maxActive) return Infinity;
    return Math.max(this.#pausedUntil, this.#budget?.opensAt ?? -Infinity);
  }

  /** When nothing of the past matters any more, so that it can be forgotten; `Infinity` while it has calls. */
  get idleAt(): number {
    return this.#active > 0 ? Infinity : Math.max(this.#pausedUntil, this.#budget?.fullAt ?? -Infinity);
  }

  /** Notes that a due poll waits for it. */
  hold(now: number): void {
    const isPaused = this.#pausedUntil >= (this.#budget?.opensAt ?? -Infinity);
    const by = this.opensAt === Infinity ? 'slots' : isPaused ? 'retry_after' : 'budget';
    this.#held = { by, at: now };
  }

  /** When it made a poll wait the last time. */
  get held(): HeldPoll | undefined {
    return this.#held;
  }

  begin(now: number): void {
    this.#active += 1;
    this.#budget?.spend(now);
  }

  end(): void {
    this.#active = Math.max(0, this.#active - 1);
  }

  /** Counts requests that a call made besides its first. */
  charge(now: number, requests: number): void {
    if (requests > 0) this.#budget?.spend(now, requests);
  }

  /** Lets nothing begin before this time. */
  pause(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
  }

  change(limits: GateLimits, now: number): void {
    this.limits = limits;
    if (limits.perMinute <= 0) this.#budget = undefined;
    else if (this.#budget === undefined) this.#budget = new PollBudget(limits.perMinute, now);
    else this.#budget.change(limits.perMinute, now);
  }
}
