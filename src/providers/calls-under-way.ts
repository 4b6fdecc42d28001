import type { BoundedCall } from './bounded-call.js';

/**
 * Calls that come and go, in no order. An array, and no `Set`: of one whose members change all the time, V8 makes a new table every so
 * often, and each keeps the next one alive, with all the calls in it, until a full collection of garbage.
 */
export class CallsUnderWay {
  readonly #calls: BoundedCall[] = [];

  add(call: BoundedCall): void {
    call.seat = this.#calls.length;
    this.#calls.push(call);
  }

  /** Takes out one that was added: the last one takes its seat. */
  remove(call: BoundedCall): void {
    const last = this.#calls.pop();
    if (last === undefined || last === call) return;
    this.#calls[call.seat] = last;
    last.seat = call.seat;
  }

  /** Aborts all of them. */
  abort(reason: unknown): void {
    for (const call of [...this.#calls]) call.abort(reason);
  }
}
