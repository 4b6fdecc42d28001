import { AsyncResource } from 'node:async_hooks';

import type { Lease, LeaseRequest } from '../lease.js';
import type { Ticket } from './ticket.js';

/** More than there will ever be waiters. */
const FRONT = 2 ** 50;

/** Where a waiter stands. */
export interface WaitingPlace {
  positionOf(waiter: Waiter): number | null;
  estimatedWaitMs(waiter: Waiter): number | null;
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
  /** The lower, the earlier it is served. */
  readonly turn: number;
  /** Of the caller that waits: its wait is reported there. */
  readonly context = new AsyncResource('AdmissionWaiter');
  /** Whether it was not served at once. */
  hadToWait = false;
  #resolve: (lease: Lease) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #waiting = true;

  constructor(readonly options: WaiterOptions) {
    this.turn = options.front ? options.order - FRONT : options.order;
    this.lease = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // The caller may have gone away without ever looking at the promise.
    this.lease.catch(() => undefined);
  }

  get request(): LeaseRequest {
    return this.options.request;
  }

  get excluded(): ReadonlySet<string> {
    return this.options.request.excluded;
  }

  get waiting(): boolean {
    return this.#waiting;
  }

  position(): number | null {
    return this.#waiting ? this.options.place.positionOf(this) : null;
  }

  estimatedWaitMs(): number | null {
    return this.#waiting ? this.options.place.estimatedWaitMs(this) : null;
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
}
