import { UpstreamError, type Sent, type UpstreamErrorCode } from './upstream.errors.js';

/** Codes of undici that say by themselves what happened. */
const BY_CODE: Readonly<Record<string, UpstreamErrorCode>> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  UND_ERR_HEADERS_TIMEOUT: 'headers_timeout',
  UND_ERR_BODY_TIMEOUT: 'body_timeout',
  UND_ERR_INVALID_ARG: 'invalid_request',
  UND_ERR_CLOSED: 'shutting_down',
  UND_ERR_DESTROYED: 'shutting_down',
};

/**
 * Names a failure of the transport.
 *
 * @param sent - as observed at the connection; it decides, not the kind of error: the same reset is harmless during the
 *   TLS handshake and ambiguous a moment later
 * @param target - for the message, such as `POST https://api.test/v1/videos`
 */
export function transportFailure(error: unknown, sent: Sent, target: string): UpstreamError {
  if (error instanceof UpstreamError) return error;
  const nativeCode = codeOf(error);
  const code = BY_CODE[nativeCode] ?? (sent === 'no' ? 'connect_failed' : 'connection_lost');
  const reason = error instanceof Error && error.message !== '' ? error.message : nativeCode;
  const when = sent === 'no' ? 'before it was sent' : 'after it was sent';
  return new UpstreamError(code, sent, `${target} failed ${when}: ${reason}.`, { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
