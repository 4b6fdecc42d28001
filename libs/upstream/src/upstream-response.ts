import { finished, type Readable } from 'node:stream';

import type { JsonValue } from 'penstock/kernel';

import { transportFailure } from './transport-failure.js';
import { UpstreamError } from './upstream.errors.js';

/** An answer whose body flows. The body must be read to its end or destroyed: until then it holds its connection. */
export class UpstreamResponse {
  constructor(
    readonly status: number,
    /** Names in lower case; repeated headers are joined with a comma and a space. */
    readonly headers: Readonly<Record<string, string>>,
    /** Ends with an error when the connection fails, stalls, or the request's signal aborts. */
    readonly body: Readable,
    private readonly target: string,
  ) {}

  /**
   * Reads the whole body as UTF-8.
   *
   * @param maxBytes - bound of the body
   * @throws UpstreamError `body_too_large` past the bound (the rest is not read), `connection_lost` or `body_timeout`
   *   when the body ended too early
   */
  async text(maxBytes: number): Promise<string> {
    const { text, whole } = await this.#read(maxBytes);
    if (whole) return text;
    throw new UpstreamError(
      'body_too_large',
      'maybe',
      `${this.target} answered with more than ${maxBytes} bytes.`,
    );
  }

  /** Like {@link UpstreamResponse.text}, but what is past the bound is dropped. */
  async excerpt(maxBytes: number): Promise<string> {
    return (await this.#read(maxBytes)).text;
  }

  /**
   * Reads the whole body as JSON.
   *
   * @throws UpstreamError `invalid_json`, and what {@link UpstreamResponse.text} throws
   */
  async json(maxBytes: number): Promise<JsonValue> {
    const text = await this.text(maxBytes);
    try {
      // What JSON.parse returns is a JsonValue by its definition.
      return JSON.parse(text) as JsonValue;
    } catch (cause) {
      const type = this.headers['content-type'] ?? 'unknown type';
      const message = `${this.target} answered ${this.status} with ${text.length} characters of ${type} that are no JSON.`;
      throw new UpstreamError('invalid_json', 'maybe', message, { cause });
    }
  }

  #read(maxBytes: number): Promise<{ readonly text: string; readonly whole: boolean }> {
    const { body, target } = this;
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const done = (): void => {
        resolve({ text: Buffer.concat(chunks).toString('utf8'), whole: bytes <= maxBytes });
      };
      finished(body, { writable: false }, (error) => {
        if (error == null) done();
        else reject(transportFailure(error, 'maybe', target));
      });
      body.on('data', (chunk: Buffer) => {
        if (bytes > maxBytes) return;
        chunks.push(chunk.subarray(0, maxBytes - bytes));
        bytes += chunk.length;
        if (bytes <= maxBytes) return;
        done();
        body.destroy();
      });
    });
  }
}
