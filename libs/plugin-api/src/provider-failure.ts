import { CodedError, type ErrorCategory } from 'penstock/kernel';

/**
 * Everything that can go wrong upstream, as the core sees it. The core alone decides what follows (retry, cool the
 * token, disable it, take another one, end the generation).
 *
 * - `rate_limited`: too many requests on this token; `retryAfterMs` where the upstream said it.
 * - `unauthorized`: the credential is not (or no longer) good.
 * - `quota_exhausted`: the account has nothing left until `resetsAt` (milliseconds since 1970), where known.
 * - `content_policy`: the upstream refuses this content, whatever the token.
 * - `invalid_request`: the upstream refuses this request, whatever the token; `param` names the field where known.
 * - `edge_challenge`: a CDN or WAF in front of the upstream answered with a challenge or block.
 * - `transient`: nothing was done upstream; the same call may be made again.
 * - `ambiguous`: the upstream may or may not have acted; the call must not be repeated blindly.
 *
 * `of: 'proxy'` is for the core: the proxy is to blame, not the token and its upstream.
 */
export type ProviderFailure =
  | { readonly kind: 'rate_limited'; readonly retryAfterMs: number | null }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'quota_exhausted'; readonly resetsAt: number | null }
  | { readonly kind: 'content_policy' }
  | { readonly kind: 'invalid_request'; readonly param: string | null }
  | { readonly kind: 'edge_challenge'; readonly retryAfterMs: number | null }
  | { readonly kind: 'transient'; readonly retryAfterMs: number | null; readonly of?: 'proxy' }
  | { readonly kind: 'ambiguous'; readonly of?: 'proxy' };

/** The name of a {@link ProviderFailure}; the code of a {@link ProviderError}. */
export type ProviderFailureKind = ProviderFailure['kind'];

const CATEGORIES = {
  rate_limited: 'rate_limited',
  unauthorized: 'upstream',
  quota_exhausted: 'rate_limited',
  content_policy: 'invalid_input',
  invalid_request: 'invalid_input',
  edge_challenge: 'unavailable',
  transient: 'unavailable',
  ambiguous: 'upstream',
} as const satisfies Record<ProviderFailureKind, ErrorCategory>;

/**
 * The only error that a provider throws on purpose. Anything else that leaves a provider's method is taken as
 * `ambiguous` from `submit` and `remix`, and as `transient` from the methods that change nothing.
 */
export class ProviderError extends CodedError<ProviderFailureKind> {
  constructor(
    readonly failure: ProviderFailure,
    message: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super(failure.kind, CATEGORIES[failure.kind], message, options);
  }
}
