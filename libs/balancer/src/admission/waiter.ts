import { AsyncResource } from 'node:async_hooks';

import type { Lease, LeaseRequest } from '../lease.js';
import { type Priority, turnAt } from './priority.js';
import type { Ticket } from './ticket.js';
import type { Asked, Turn } from './turn.js';

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
  readonly priority: Priority;
  /** Its number. */
  readonly ticket: number;
  /** When it entered, in milliseconds on the monotonic clock. */
  readonly since: number;
  /** When it first asked: its turn is reckoned from then. */
  readonly asked: Asked;
  /** By how much one of the next higher priority may have come later and still go first, in milliseconds. */
  readonly headStartMs: number;
}

/** A request that waits in a lane, and the ticket that its caller holds. */
export class Waiter implements Ticket {
  readonly lease: Promise<Lease>;
  /** Of the caller that waits: its wait is reported there. */
  readonly context = new AsyncResource('AdmissionWaiter');
  /** Whether it was not served at once. */
  hadToWait = false;
  #resolve: (lease: Lease) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #waiting = true;
  #turn: Turn;

  constructor(readonly options: WaiterOptions) {
    this.#turn = turnOf(options, options.headStartMs);
    this.lease = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // The caller may have gone away without ever looking at the promise.
    this.lease.catch(() => undefined);
  }

  get turn(): Turn {
    return this.#turn;
  }

  get asked(): Asked {
    return this.options.asked;
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

  /** Reckons its turn anew. What is ordered by turns must not hold it meanwhile. */
  reckon(headStartMs: number): void {
    this.#turn = turnOf(this.options, headStartMs);
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

function turnOf({ asked, priority, ticket }: WaiterOptions, headStartMs: number): Turn {
  return { at: turnAt(asked.at, priority, headStartMs), order: asked.order, ticket };
}
