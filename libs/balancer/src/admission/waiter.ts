import type { Lease, LeaseRequest } from '../lease.js';
import type { Ticket } from './ticket.js';

/** Requests that the same tokens can serve share a lane. */
export function laneKey({ kind, tokenId, providers, excluded }: LeaseRequest): string {
  return JSON.stringify([kind, tokenId, [...providers].sort(), [...excluded].sort()]);
}

/** Where a waiter stands. */
export interface WaitingPlace {
  positionOf(waiter: Waiter): number | null;
  cancel(waiter: Waiter): void;
}

/** What a {@link Waiter} is made of. */
export interface WaiterOptions {
  readonly request: LeaseRequest;
  readonly place: WaitingPlace;
  /** Rises with every ticket. */
  readonly order: number;
  /** Whether it goes before all that are not in front. */
  readonly front: boolean;
  /** Milliseconds on the monotonic clock. */
  readonly since: number;
}

/** A request that waits in a lane, and the ticket that its caller holds. */
export class Waiter implements Ticket {
  readonly lease: Promise<Lease>;
  readonly laneKey: string;
  #resolve: (lease: Lease) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #waiting = true;

  constructor(readonly options: WaiterOptions) {
    this.laneKey = laneKey(options.request);
    this.lease = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // The caller may have gone away without ever looking at the promise.
    this.lease.catch(() => undefined);
  }

  get waiting(): boolean {
    return this.#waiting;
  }

  position(): number | null {
    return this.#waiting ? this.options.place.positionOf(this) : null;
  }

  cancel(): boolean {
    if (!this.#waiting) return false;
    this.options.place.cancel(this);
    return true;
  }

  /** Ends the wait with a lease. */
  grant(lease: Lease): void {
    this.#waiting = false;
    this.#resolve(lease);
  }

  /** Ends the wait without one. */
  refuse(error: Error): void {
    this.#waiting = false;
    this.#reject(error);
  }

  isAheadOf(other: Waiter): boolean {
    const { front, order } = this.options;
    return front === other.options.front ? order < other.options.order : front;
  }
}
