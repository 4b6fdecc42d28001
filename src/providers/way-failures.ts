import type { ProviderFailure } from 'penstock/plugin-api';
import { EdgeError, type ProxyEnd, ProxyError, type UpstreamError } from 'penstock/upstream';

import type { Redact } from './redactor.js';

/** What it means that a call was not let out. */
export function refusedBy(error: unknown): ProviderFailure {
  if (error instanceof EdgeError) {
    return { kind: 'edge_challenge', retryAfterMs: error.retryAfterMs ?? null };
  }
  if (error instanceof ProxyError) {
    return { kind: 'transient', retryAfterMs: error.retryAfterMs ?? null, of: 'proxy' };
  }
  return { kind: 'transient', retryAfterMs: null };
}

/** What it means that no answer came. */
export function failureOfTransport({ sent }: UpstreamError, isOfProxy: boolean): ProviderFailure {
  const of = isOfProxy ? ({ of: 'proxy' } as const) : {};
  return sent === 'no' ? { kind: 'transient', retryAfterMs: null, ...of } : { kind: 'ambiguous', ...of };
}

/** What a call without an answer tells of the proxy that it took. */
export function proxyEndOf({ code, message }: UpstreamError, redact: Redact): ProxyEnd {
  if (code === 'proxy_failed') return { reason: redact(message), retryAfterMs: null };
  if (code === 'tunnel_lost' || code === 'connection_lost') return { lost: redact(message) };
  // It opened a tunnel, or said that there is nobody at its end.
  return code === 'connect_failed' || code === 'headers_timeout' ? 'passed' : 'unknown';
}
