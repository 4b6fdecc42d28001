import { isIPv6 } from 'node:net';

import type { FastifyRequest } from 'fastify';

import type { Principal } from '../../auth/index.js';
import { GenerationError } from '../generation.errors.js';
import type { Viewer } from './generation-views.js';

/** Who asks, and by which name they know this server. */
export function viewerOf(request: FastifyRequest, principal: Principal): Viewer {
  return { isAdmin: principal.scopes.includes('admin'), origin: originOf(request) };
}

/** A client of HTTP/1.0 may leave the host out, and any may send nonsense: then links name the address it reached. */
function originOf({ protocol, host, socket }: FastifyRequest): string {
  const named = `${protocol}://${host}`;
  if (URL.canParse(named)) return new URL(named).origin;
  const { localAddress = 'localhost', localPort } = socket;
  return `${protocol}://${isIPv6(localAddress) ? `[${localAddress}]` : localAddress}:${localPort ?? 80}`;
}

/**
 * Checks an `Idempotency-Key` header.
 *
 * @throws GenerationError `invalid_value` unless it is 1 to 255 visible characters
 */
export function idempotencyKeyOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (/^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw GenerationError.of(
    'invalid_value',
    `Idempotency-Key: got ${String(header.length)} characters, expected 1 to 255 visible ASCII characters without spaces, such as a UUID.`,
    { field: 'Idempotency-Key' },
  );
}
