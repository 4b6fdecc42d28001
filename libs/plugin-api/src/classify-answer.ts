import type { ProviderFailure } from './provider-failure.js';
import type { UpstreamAnswer } from './provider-http.js';

/**
 * Reads a `Retry-After` header: seconds or an HTTP date.
 *
 * @param now - wall-clock time in milliseconds since 1970
 * @returns milliseconds from now, at least 0; `null` when there is none or it makes no sense
 */
export function parseRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined || value.trim() === '') return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return seconds < 0 ? null : Math.round(seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/**
 * The common reading of an answer that is not a success, by status and headers, for upstreams that follow HTTP.
 *
 * A 5xx that carries a JSON body is the application's own word that it failed, and 503 says that it did not start:
 * both are `transient`. Any other 5xx comes from something on the way, behind which the request may have been carried
 * out: `ambiguous`.
 *
 * @param now - wall-clock time in milliseconds since 1970, for `Retry-After` dates
 */
export function classifyAnswer(answer: UpstreamAnswer, now: number): ProviderFailure {
  const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], now);
  if (answer.headers['cf-mitigated'] === 'challenge') return { kind: 'edge_challenge', retryAfterMs };
  if (answer.status === 401) return { kind: 'unauthorized' };
  if (answer.status === 402) return { kind: 'quota_exhausted', resetsAt: null };
  if (answer.status === 429) return { kind: 'rate_limited', retryAfterMs };
  if (answer.status === 408 || answer.status === 425 || answer.status === 503)
    return { kind: 'transient', retryAfterMs };
  if (answer.status >= 500) {
    return typeof answer.body === 'object' && answer.body !== null
      ? { kind: 'transient', retryAfterMs }
      : { kind: 'ambiguous' };
  }
  return { kind: 'invalid_request', param: null };
}
