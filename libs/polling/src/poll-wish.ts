import type { PollRequest } from './ports/poll-target.js';

/** An abort whose signal is made when it is asked for: on Node 20 a signal costs 8 % of all that a poll costs here. */
export class LateAbort {
  #controller: AbortController | undefined;
  #cause: DOMException | undefined;

  get aborted(): boolean {
    return this.#cause !== undefined;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#cause !== undefined) this.#controller.abort(this.#cause);
    }
    return this.#controller.signal;
  }

  /** The first cause stands. */
  abort(cause: DOMException): void {
    if (this.#cause !== undefined) return;
    this.#cause = cause;
    this.#controller?.abort(cause);
  }
}

/** What a call asks for one id. */
export class PollWish extends LateAbort implements PollRequest {
  constructor(readonly id: string) {
    super();
  }

  get wanted(): boolean {
    return !this.aborted;
  }
}
