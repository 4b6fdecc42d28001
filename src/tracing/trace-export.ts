import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from 'penstock/kernel';
import { AppMetrics } from 'penstock/metrics';

import { PenstockConfig } from '../config/index.js';
import type { OtlpSpanRecorder } from './otlp-span-recorder.js';
import type { SpanRecorder } from './span-recorder.js';

/** The collector may take this long for the last spans. */
const SHUTDOWN_BOUND_MS = 3_000;

/** Sends spans to the collector that the configuration names, if it names one; and what waits before the process ends. */
@Injectable()
export class TraceExport implements OnApplicationShutdown {
  readonly #logger = new Logger('Tracing');
  #recorder: OtlpSpanRecorder | null = null;

  constructor(
    private readonly config: PenstockConfig,
    private readonly metrics: AppMetrics,
    private readonly clock: Clock,
  ) {}

  /** Loads the SDK only if there is a collector; called once. */
  async open(): Promise<SpanRecorder | null> {
    const { tracing } = this.config;
    if (tracing === null) return null;
    const { OtlpSpanRecorder } = await import('./otlp-span-recorder.js');
    const recorder = (this.#recorder = new OtlpSpanRecorder(tracing));
    this.metrics.counter({
      name: 'penstock_trace_spans_total',
      help: 'Spans that were recorded, and what became of those that were handed to the collector.',
      labelNames: ['state'],
      collect: (counter) => {
        counter.reset();
        for (const [state, count] of Object.entries({ ...recorder.counts() })) counter.inc({ state }, count);
      },
    });
    return recorder;
  }

  async onApplicationShutdown(): Promise<void> {
    const recorder = this.#recorder;
    if (recorder === null) return;
    const ended = new AbortController();
    const closed = recorder.close().catch((error: unknown) => {
      this.#logger.warn({ err: error }, 'The last spans could not be sent');
    });
    await Promise.race([closed, this.clock.sleep(SHUTDOWN_BOUND_MS, ended.signal)]);
    ended.abort();
  }
}
