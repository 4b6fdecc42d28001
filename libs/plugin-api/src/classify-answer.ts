import type { ProviderFailure } from './provider-failure.js';
import type { UpstreamAnswer } from './provider-http.js';

const LONGEST_WAIT_MS = 365 * 86_400_000;

/**
 * Reads a `Retry-After` header: seconds or an HTTP date.
 *
 * @param now - wall-clock time in milliseconds since 1970
 * @returns whole milliseconds from now, 0 to one year; `null` when there is none or it makes no sense
 */
export function parseRetryAfter(value: string | undefined, now: number): number | null {
  const waitMs = waitIn(value?.trim() ?? '', now);
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(0, Math.round(waitMs)), LONGEST_WAIT_MS);
}

function waitIn(text: string, now: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const startsLikeWeekday = /^[a-z]{3}/i.test(text);
  return startsLikeWeekday ? Date.parse(text) - now : Number.NaN;
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
  const classify = BY_STATUS.get(answer.status);
  if (classify !== undefined) return classify(retryAfterMs);
  if (answer.status < 500) return { kind: 'invalid_request', param: null };
  const fromApplication = typeof answer.body === 'object' && answer.body !== null;
  return fromApplication ? { kind: 'transient', retryAfterMs } : { kind: 'ambiguous' };
}

const transient = (retryAfterMs: number | null): ProviderFailure => ({ kind: 'transient', retryAfterMs });

/** Statuses with a meaning of their own; the rest goes by its class. */
const BY_STATUS: ReadonlyMap<number, (retryAfterMs: number | null) => ProviderFailure> = new Map([
  [401, () => ({ kind: 'unauthorized' })],
  [402, () => ({ kind: 'quota_exhausted', resetsAt: null })],
  [408, transient],
  [425, transient],
  [429, (retryAfterMs) => ({ kind: 'rate_limited', retryAfterMs })],
  [503, transient],
]);
