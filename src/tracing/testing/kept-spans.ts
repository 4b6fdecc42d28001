import { SpanRecorder, type RecordedSpan } from '../span-recorder.js';
import type { SpanReference } from '../span-reference.js';

/** Keeps spans in memory, and numbers those that begin. */
export class KeptSpans extends SpanRecorder {
  readonly spans: RecordedSpan[] = [];
  #begun = 0;

  override begin(parent: SpanReference | null): SpanReference {
    this.#begun += 1;
    const spanId = String(this.#begun).padStart(16, '0');
    return parent === null ? { traceId: 'f'.repeat(32), spanId, sampled: true } : { ...parent, spanId };
  }

  override record(span: RecordedSpan): void {
    this.spans.push(span);
  }

  /** Name, begin and end of each. */
  times(): [string, number, number][] {
    return this.spans.map(({ name, startedAt, durationMs }) => [name, startedAt, startedAt + durationMs]);
  }
}
