import { edgeChallengeIn } from './edge-challenge.js';
import type { ProviderFailure } from './provider-failure.js';
import type { UpstreamAnswer } from './provider-http.js';
import { retryAfterOf } from './retry-after.js';

/**
 * The common reading of an answer that is not a success, by status and headers, for upstreams that follow HTTP.
 *
 * A 5xx that carries a JSON body is the application's own word that it failed, and 503 says that it did not start:
 * both are `transient`. Any other 5xx comes from something on the way, behind which the request may have been carried
 * out: `ambiguous`.
 *
 * @param now - wall-clock time in milliseconds since 1970, for dates in headers
 */
export function classifyAnswer(answer: UpstreamAnswer, now: number): ProviderFailure {
  const retryAfterMs = retryAfterOf(answer.headers, now);
  if (edgeChallengeIn(answer) !== undefined) return { kind: 'edge_challenge', retryAfterMs };
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
