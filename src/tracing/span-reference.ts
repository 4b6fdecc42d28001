import { createHash } from 'node:crypto';

/** Where a span stands, as W3C Trace Context tells it. */
export interface SpanReference {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Whether the trace is recorded. */
  readonly sampled: boolean;
}

/** What of a generation leads to its trace. */
export interface TracedGeneration {
  readonly id: string;
  /** The span of the request that asked for it; `null` when that was not recorded. */
  readonly traceparent: string | null;
}

const IDS = /-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})/.source;
const TRACEPARENT = new RegExp(`^00${IDS}$`);
/** It may say more than we know. */
const OF_LATER_VERSIONS = new RegExp(`^(?!00|ff)[0-9a-f]{2}${IDS}(?:-|$)`);

/**
 * Reads a `traceparent` header.
 *
 * @returns `null` for whatever is none: it is then as if nothing had been sent
 */
export function parseTraceparent(text: unknown): SpanReference | null {
  const found = typeof text === 'string' ? (TRACEPARENT.exec(text) ?? OF_LATER_VERSIONS.exec(text)) : null;
  if (found === null) return null;
  const [, traceId = '', spanId = '', flags = ''] = found;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The other way round. */
export function formatTraceparent({ traceId, spanId, sampled }: SpanReference): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/**
 * The span of a generation's whole life. Its id follows from the generation's, so that every process that works for it
 * names the same span, and the one that sees the end records it.
 *
 * @returns `null` when its trace is not recorded
 */
export function generationSpanOf({ id, traceparent }: TracedGeneration): SpanReference | null {
  const request = parseTraceparent(traceparent);
  if (request?.sampled !== true) return null;
  const digest = createHash('sha256').update(id).digest('hex');
  return { ...request, spanId: digest.slice(0, 16) };
}

/** The spans of those generations whose traces are recorded. */
export function generationSpansOf(generations: readonly TracedGeneration[]): readonly SpanReference[] {
  return generations.flatMap((generation) => generationSpanOf(generation) ?? []);
}
