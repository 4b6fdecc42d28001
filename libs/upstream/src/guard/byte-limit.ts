import { Transform, type TransformCallback } from 'node:stream';

import { UpstreamError } from '../upstream.errors.js';

/** Passes a body on, and ends it with `body_too_large` past `maxBytes`. */
export class ByteLimit extends Transform {
  #bytes = 0;

  /** @param target - names the request in the message */
  constructor(
    private readonly maxBytes: number,
    private readonly target: string,
  ) {
    super();
  }

  static error(target: string, maxBytes: number): UpstreamError {
    return new UpstreamError(
      'body_too_large',
      'maybe',
      `${target} answered with more than ${maxBytes} bytes.`,
    );
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.maxBytes) done(ByteLimit.error(this.target, this.maxBytes));
    else done(null, chunk);
  }
}
