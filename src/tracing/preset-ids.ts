import type { IdGenerator } from '@opentelemetry/sdk-trace';

import type { SpanReference } from './span-reference.js';

/** Gives the SDK the ids that a span has already: spans are recorded when they have ended, and may outlive a process. */
export class PresetIds implements IdGenerator {
  #span: SpanReference | undefined;

  /** Runs `work`, which makes one span at once, with these ids. */
  with<T>(span: SpanReference, work: () => T): T {
    this.#span = span;
    try {
      return work();
    } finally {
      this.#span = undefined;
    }
  }

  generateTraceId(): string {
    return this.#current().traceId;
  }

  generateSpanId(): string {
    return this.#current().spanId;
  }

  #current(): SpanReference {
    if (this.#span === undefined) throw new Error('A span was made without its ids.');
    return this.#span;
  }
}
