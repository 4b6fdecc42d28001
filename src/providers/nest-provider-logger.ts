import { Logger } from '@nestjs/common';
import type { ProviderLogger } from 'penstock/plugin-api';

import type { Redact } from './redactor.js';

type Fields = Readonly<Record<string, unknown>>;

/** Writes a provider's lines to Nest's logger, each with the fields of the call. */
export class NestProviderLogger implements ProviderLogger {
  readonly #logger: Logger;

  constructor(
    provider: string,
    private readonly call: Fields,
    private readonly redact: Redact,
  ) {
    this.#logger = new Logger(`provider:${provider}`);
  }

  debug(message: string, fields?: Fields): void {
    this.#logger.debug(this.#line(message, fields));
  }

  warn(message: string, fields?: Fields): void {
    this.#logger.warn(this.#line(message, fields));
  }

  #line(message: string, fields: Fields = {}): Fields {
    const safe: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(fields)) {
      safe[name] = typeof value === 'string' ? this.redact(value) : value;
    }
    return { ...safe, ...this.call, msg: this.redact(message) };
  }
}
