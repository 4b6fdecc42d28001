/** An id and the time at which it is due, in milliseconds on the monotonic clock. */
export interface QueuedPoll {
  readonly id: string;
  readonly dueAt: number;
}

/**
 * Port: ids in the order of their due times. Every method is synchronous and does not throw; an implementation over a
 * remote store answers from its local copy and writes behind. Each one owns no timer: the scheduler asks.
 */
export abstract class PollQueue {
  /** Adds `id`, or moves it to its new time. */
  abstract schedule(id: string, dueAt: number): void;

  /** Takes `id` out. Returns whether it was queued. */
  abstract remove(id: string): boolean;

  /** The earliest, which stays queued. Of equal times, the one scheduled first. */
  abstract peek(): QueuedPoll | undefined;

  /** Takes out and returns the earliest whose time is `now` or before; `undefined` when there is none. */
  abstract popDue(now: number): QueuedPoll | undefined;

  /** How many ids are queued. */
  abstract get size(): number;
}
