import { setTimeout as pause } from 'node:timers/promises';

import fc from 'fast-check';
import { SystemClock } from 'penstock/kernel';
import { startServer } from 'penstock/upstream/testing';
import { expect, it } from 'vitest';

import { SessionPool } from './session-pool.js';
import { UpstreamClient } from './upstream-client.js';
import { UpstreamError, type Sent } from './upstream.errors.js';
import { resolveUpstreamOptions } from './upstream.options.js';

const BEHAVIOURS = ['answer', 'close-after', 'cut-later', 'reset', 'end', 'truncate', 'slow'] as const;

/** One request: what the server does with it, when the client gives up, and how long it waits before it asks. */
const call = fc.record({
  behaviour: fc.constantFrom(...BEHAVIOURS),
  abortAfterMs: fc.option(fc.integer({ min: 0, max: 12 }), { nil: null }),
  startAfterMs: fc.integer({ min: 0, max: 8 }),
});

const clock = new SystemClock();

it('is never sent twice, and never when it was said that it was not, under any mix of failures', async () => {
  const server = await startServer(async (request, response) => {
    const { socket } = request;
    switch (new URL(request.url ?? '/', 'http://x.test').searchParams.get('behaviour')) {
      case 'close-after':
        return response.setHeader('connection', 'close').end('ok');
      case 'cut-later':
        response.end('ok');
        return setTimeout(() => socket.destroy(), 2);
      case 'reset':
        return socket.resetAndDestroy();
      case 'end':
        return socket.end();
      case 'truncate':
        response.writeHead(200, { 'content-length': '10' }).write('half');
        return setTimeout(() => socket.destroy(), 1);
      case 'slow':
        await pause(8);
        return response.end('ok');
      default:
        return response.end('ok');
    }
  });
  let nextId = 0;

  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 3 }),
      async (calls, connectionsPerSession) => {
        const pool = new SessionPool(
          clock,
          resolveUpstreamOptions({ connectionsPerSession, maxSessions: 1 }),
        );
        const client = new UpstreamClient(pool, clock);
        const outcomes = calls.map(async ({ behaviour, abortAfterMs, startAfterMs }) => {
          const id = nextId++;
          await pause(startAfterMs);
          const signal = abortAfterMs === null ? undefined : AbortSignal.timeout(abortAfterMs);
          const sent = await client
            .request({
              baseUrl: server.url,
              path: `/${id}`,
              query: { behaviour },
              proxyUrl: null,
              method: 'POST',
              body: { json: { id } },
              ...(signal === undefined ? {} : { signal }),
            })
            .then((answer) => answer.text(100))
            .then(
              () => 'yes' as const,
              (error: unknown): Sent => {
                if (error instanceof UpstreamError) return error.sent;
                throw error;
              },
            );
          return { id, sent };
        });
        const results = await Promise.all(outcomes);
        await pool.close();
        for (const { id, sent } of results) {
          const arrived = server.requests.filter(({ url }) => url.startsWith(`/${id}?`)).length;
          if (sent === 'yes') expect(arrived).toBe(1);
          else expect(arrived).toBeLessThanOrEqual(sent === 'no' ? 0 : 1);
        }
      },
    ),
    { numRuns: 60 },
  );
  await server.stop();
}, 30_000);
