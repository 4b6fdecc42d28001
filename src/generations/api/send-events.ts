import { Readable } from 'node:stream';

import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Sends frames as server-sent events, as fast as the client reads them; what is behind them ends when the client goes away. It does not
 * wait for their end: whatever led to the stream would stay in memory with it.
 */
export function sendEvents(
  request: Pick<FastifyRequest, 'method'>,
  reply: FastifyReply,
  frames: () => AsyncGenerator<string>,
): void {
  // A HEAD asks for the headers only: nothing may go on behind it.
  const body = request.method === 'HEAD' ? '' : Readable.from(frames());
  void reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(body);
}

/** The number in a `Last-Event-ID` header; `null` for none, and for what no event has as its id. */
export function lastEventIdOf(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,16}$/.test(header) && Number.isSafeInteger(Number(header))
    ? Number(header)
    : null;
}
