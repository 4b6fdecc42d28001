import { Readable } from 'node:stream';

import type { Dispatcher } from 'undici';

/** The body of an answer as it comes. Whoever destroys it before its end gives up its connection. */
export class AnswerBody extends Readable {
  constructor(private readonly controller: Dispatcher.DispatchController) {
    super();
  }

  override _read(): void {
    this.controller.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.readableEnded) this.controller.abort(error ?? new Error('The body was not read to its end.'));
    callback(error);
  }
}
