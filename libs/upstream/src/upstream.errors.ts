import { CodedError, type CodedErrorOptions, type ErrorCategory } from 'penstock/kernel';

const CATEGORIES = {
  invalid_base_url: 'invalid_input',
  invalid_path: 'invalid_input',
  invalid_proxy_url: 'invalid_input',
  unsupported_proxy: 'invalid_input',
  invalid_request: 'invalid_input',
  url_not_allowed: 'invalid_input',
  address_not_allowed: 'invalid_input',
  too_many_redirects: 'upstream',
  no_connection: 'timeout',
  connect_timeout: 'timeout',
  connect_failed: 'unavailable',
  proxy_failed: 'unavailable',
  tunnel_lost: 'unavailable',
  shutting_down: 'unavailable',
  aborted: 'unavailable',
  headers_timeout: 'timeout',
  body_timeout: 'timeout',
  connection_lost: 'upstream',
  body_too_large: 'too_large',
  invalid_json: 'upstream',
} as const satisfies Record<string, ErrorCategory>;

/**
 * Codes of {@link UpstreamError}.
 *
 * Nothing was sent:
 * - `invalid_base_url`, `invalid_path`, `invalid_proxy_url`, `unsupported_proxy`, `invalid_request`: mend the call.
 * - `url_not_allowed`, `address_not_allowed`: a URL that somebody else has chosen may not be asked.
 * - `no_connection`: all connections of the session stayed busy, or none was made, until the request's time was up.
 * - `connect_timeout`, `connect_failed`: TCP, DNS or TLS. `proxy_failed`: the proxy did not open a tunnel. `tunnel_lost`: it
 *   did, and the tunnel broke, or stayed silent, before TLS was up.
 *
 * Before or after sending, as `sent` tells: `aborted` (by the caller's signal), `shutting_down` (the pool was closed).
 *
 * After sending: `headers_timeout`, `body_timeout`, `connection_lost`, `body_too_large`, `invalid_json`, `too_many_redirects`.
 */
export type UpstreamErrorCode = keyof typeof CATEGORIES;

/**
 * Whether the upstream can have seen the request. `no` is a promise: not one byte of it was written to a connection
 * to the upstream, and none will be. `maybe` is everything else, a whole answer included.
 */
export type Sent = 'no' | 'maybe';

/** A request that got no usable answer. Its message names method, origin and path, never query, headers or body. */
export class UpstreamError extends CodedError<UpstreamErrorCode> {
  constructor(
    code: UpstreamErrorCode,
    readonly sent: Sent,
    message: string,
    options: CodedErrorOptions = {},
  ) {
    super(code, CATEGORIES[code], message, options);
  }
}
