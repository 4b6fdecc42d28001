import type { FastifyReply } from 'fastify';

/** Aborts when the connection of a request ends, answered or not. */
export function goneSignal(reply: Pick<FastifyReply, 'raw'>): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    gone.abort(new Error('The client went away.'));
  });
  return gone.signal;
}
