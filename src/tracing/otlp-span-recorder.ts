import { randomBytes } from 'node:crypto';

import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';

import type { TracingConfig } from '../config/index.js';
import { CountedExporter, type SpanCounts } from './counted-exporter.js';
import { PresetIds } from './preset-ids.js';
import { SpanRecorder, type RecordedSpan } from './span-recorder.js';
import type { SpanReference } from './span-reference.js';

/** Spans that wait to be sent; further ones are lost. */
const MOST_WAITING = 8_192;
const BATCH_EVERY_MS = 2_000;
const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/**
 * Sends spans to a collector by OTLP over HTTP, in batches, with the official SDK. Nothing is registered globally. This
 * file is loaded only where a collector is set.
 */
export class OtlpSpanRecorder extends SpanRecorder {
  readonly #ids = new PresetIds();
  readonly #exporter: CountedExporter;
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;
  readonly #roots: TraceIdRatioBasedSampler;
  #recorded = 0;

  constructor({ endpoint, headers, serviceName, share }: TracingConfig) {
    super();
    const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
    this.#exporter = new CountedExporter(new OTLPTraceExporter({ url, headers: { ...headers } }));
    this.#roots = new TraceIdRatioBasedSampler(share);
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': serviceName }),
      sampler: new AlwaysOnSampler(),
      idGenerator: this.#ids,
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: this.#exporter,
          maxQueueSize: MOST_WAITING,
          scheduledDelayMillis: BATCH_EVERY_MS,
        }),
      ],
    });
    this.#tracer = this.#provider.getTracer('penstock');
  }

  /** `recorded` also holds those that wait, and those that were lost because too many did. */
  counts(): SpanCounts & { readonly recorded: number } {
    return { recorded: this.#recorded, ...this.#exporter.counts() };
  }

  override begin(parent: SpanReference | null): SpanReference {
    const spanId = randomBytes(8).toString('hex');
    if (parent !== null) return { ...parent, spanId };
    const traceId = randomBytes(16).toString('hex');
    const { decision } = this.#roots.shouldSample(ROOT_CONTEXT, traceId);
    return { traceId, spanId, sampled: decision === SamplingDecision.RECORD_AND_SAMPLED };
  }

  override record({ span, parent, ...what }: RecordedSpan): void {
    if (!span.sampled) return;
    this.#recorded += 1;
    const startTime = toTime(what.startedAt);
    const links = what.links?.map((link) => ({ context: toContext(link) }));
    const made = this.#ids.with(span, () =>
      this.#tracer.startSpan(
        what.name,
        {
          kind: KINDS[what.kind],
          startTime,
          attributes: { ...what.attributes },
          ...(links === undefined ? {} : { links }),
        },
        below(parent),
      ),
    );
    if (what.error !== null) {
      made.setAttribute('error.type', what.error);
      made.setStatus({ code: SpanStatusCode.ERROR, message: what.error });
    }
    made.end(toTime(what.startedAt + Math.max(0, what.durationMs)));
  }

  /** Sends what waits. Records nothing afterwards. */
  async close(): Promise<void> {
    await this.#provider.shutdown();
  }
}

const below = (parent: SpanReference | null): Context =>
  parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, toContext(parent));

const toContext = ({ traceId, spanId, sampled }: SpanReference): SpanContext => ({
  traceId,
  spanId,
  isRemote: true,
  traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
});

/** Seconds and nanoseconds: a mere number could be taken for one of `performance.now()`. */
function toTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
}
