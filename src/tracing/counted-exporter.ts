import { Logger } from '@nestjs/common';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

type Export = SpanExporter['export'];

/** Numbers of spans. */
export interface SpanCounts {
  readonly sent: number;
  readonly failed: number;
}

/** Counts what an exporter sends, and warns of what it cannot send. */
export class CountedExporter implements SpanExporter {
  readonly #logger = new Logger('Tracing');
  #sent = 0;
  #failed = 0;

  constructor(private readonly exporter: SpanExporter) {}

  /** Since the start. */
  counts(): SpanCounts {
    return { sent: this.#sent, failed: this.#failed };
  }

  export(spans: ReadableSpan[], done: Parameters<Export>[1]): void {
    this.exporter.export(spans, (result) => {
      if (result.error === undefined) this.#sent += spans.length;
      else this.#lost(spans.length, result.error);
      done(result);
    });
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }

  async shutdown(): Promise<void> {
    await this.exporter.shutdown();
  }

  #lost(count: number, error: Error): void {
    this.#failed += count;
    this.#logger.warn({ err: error }, `The collector did not take ${String(count)} spans; they are lost`);
  }
}
