import type { ServerResponse } from 'node:http';

import fc from 'fast-check';
import { ManualClock } from 'penstock/kernel/testing';
import { startServer, type TestServer } from 'penstock/upstream/testing';
import type { Pool } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type Lane, SessionPool } from './session-pool.js';
import { resolveUpstreamOptions, type UpstreamOptions } from './upstream.options.js';

let clock: ManualClock;
let pool: SessionPool;
let held: ServerResponse[];
let server: TestServer;

const create = (options: UpstreamOptions = {}): SessionPool => {
  pool = new SessionPool(clock, resolveUpstreamOptions(options));
  return pool;
};

const sessionFor = (origin: string, proxy: URL | null = null, lane: Lane = 'calls'): Pool =>
  pool.session({ origin, proxy, lane });

const get = async (connections: Pool, path = '/'): Promise<string> => {
  const { body } = await connections.request({ method: 'GET', path });
  return body.text();
};

beforeEach(async () => {
  clock = new ManualClock();
  held = [];
  server = await startServer((request, response) => {
    if (request.url === '/held') held.push(response);
    else response.end('ok');
  });
});

afterEach(async () => {
  await pool.close();
  expect(clock.pendingTimers).toBe(0);
  await server.stop();
});

const heldRequest = async (): Promise<ServerResponse> => {
  while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  const [response] = held;
  if (response === undefined) throw new Error('no request came');
  return response;
};

describe('sessions', () => {
  it('are one for each origin, proxy and lane', () => {
    create();
    const direct = sessionFor('http://a.test');

    expect(sessionFor('http://a.test')).toBe(direct);
    expect(sessionFor('http://b.test')).not.toBe(direct);
    expect(sessionFor('http://a.test', new URL('http://proxy.test'))).not.toBe(direct);
    expect(sessionFor('http://a.test', new URL('http://u:p@proxy.test'))).not.toBe(
      sessionFor('http://a.test', new URL('http://proxy.test')),
    );
    expect(sessionFor('http://a.test', null, 'downloads')).not.toBe(direct);
    expect(pool.stats()).toEqual({ open: 5, closing: 0, running: 0, waiting: 0, opened: 5, evicted: 0 });
  });

  it('are shown with their load, and without the credentials of their proxy', async () => {
    create({ connectionsPerSession: 1 });
    sessionFor('http://a.test', new URL('http://user:secret@proxy.test:8080'), 'downloads');
    const answers = [get(sessionFor(server.url), '/held'), get(sessionFor(server.url))];
    const response = await heldRequest();
    await clock.advance(5);

    const idle = { connections: 0, running: 0, waiting: 0, idleMs: 5 };
    expect(pool.list()).toEqual([
      { origin: 'http://a.test', proxy: 'proxy.test:8080', lane: 'downloads', ...idle },
      { origin: server.url, proxy: null, lane: 'calls', connections: 1, running: 1, waiting: 1, idleMs: 5 },
    ]);
    response.end('done');
    await Promise.all(answers);
  });

  it('reuse their connection', async () => {
    create({ connectionsPerSession: 1 });
    for (let i = 0; i < 5; i += 1) await get(sessionFor(server.url));

    expect(server.connections).toBe(1);
    expect(server.requests).toHaveLength(5);
  });

  it('open no more connections than allowed and let the others wait', async () => {
    create({ connectionsPerSession: 2 });
    const answers = Array.from({ length: 6 }, () => get(sessionFor(server.url)));

    expect(pool.stats().waiting).toBe(6);
    expect(await Promise.all(answers)).toEqual(Array(6).fill('ok'));
    expect(server.connections).toBe(2);
  });
});

describe('past the maximum', () => {
  it('the least recently used session goes', () => {
    create({ maxSessions: 2 });
    const a = sessionFor('http://a.test');
    sessionFor('http://b.test');
    sessionFor('http://a.test');
    sessionFor('http://c.test');

    expect(sessionFor('http://a.test')).toBe(a);
    expect(pool.stats()).toMatchObject({ open: 2, evicted: 1 });
  });

  it('a session with a request under way closes only when it is done', async () => {
    create({ maxSessions: 1 });
    const evicted = sessionFor(server.url);
    const answer = get(evicted, '/held');
    const response = await heldRequest();
    sessionFor('http://other.test');

    expect(pool.stats()).toMatchObject({ open: 1, closing: 1, running: 1, evicted: 1 });
    await expect(get(evicted)).rejects.toMatchObject({ code: 'UND_ERR_CLOSED' });
    response.end('late');
    expect(await answer).toBe('late');
    await expect.poll(() => pool.stats().closing).toBe(0);
    await expect.poll(() => server.openConnections).toBe(0);
  });

  it('the order equals that of a plain list, for any sequence of uses', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 40 }),
        async (maxSessions, uses) => {
          const sessions = new SessionPool(clock, resolveUpstreamOptions({ maxSessions }));
          let model: { readonly origin: string; readonly connections: Pool }[] = [];
          for (const use of uses) {
            const origin = `http://host-${use}.test`;
            const connections = sessions.session({ origin, proxy: null, lane: 'calls' });
            const known = model.find((entry) => entry.origin === origin);
            if (known !== undefined) expect(connections).toBe(known.connections);
            else expect(model.map((entry) => entry.connections)).not.toContain(connections);
            model = [...model.filter((entry) => entry !== known), { origin, connections }].slice(
              -maxSessions,
            );
            expect(sessions.stats().open).toBe(model.length);
          }
          await sessions.close();
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('idle sessions', () => {
  it('are closed after the idle limit, with their connections', async () => {
    create({ idleMs: 1_000 });
    await get(sessionFor(server.url));
    expect(server.openConnections).toBe(1);
    await clock.advance(1_000);

    expect(pool.stats()).toMatchObject({ open: 0, evicted: 1 });
    await expect.poll(() => server.openConnections).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it('stay when they were used meanwhile', async () => {
    create({ idleMs: 1_000 });
    const used = sessionFor(server.url);
    await clock.advance(900);
    sessionFor(server.url);
    await clock.advance(100);

    expect(sessionFor(server.url)).toBe(used);
  });

  it('do not count as idle while a request is under way', async () => {
    create({ idleMs: 1_000 });
    const answer = get(sessionFor(server.url), '/held');
    const response = await heldRequest();
    await clock.advance(5_000);

    expect(pool.stats()).toMatchObject({ open: 1, running: 1, evicted: 0 });
    response.end('done');
    await answer;
    await clock.advance(2_000);
    expect(pool.stats()).toMatchObject({ open: 0, evicted: 1 });
  });
});

describe('closing', () => {
  it('waits for the requests under way and takes no others', async () => {
    create();
    const answer = get(sessionFor(server.url), '/held');
    const response = await heldRequest();
    const closed = pool.close();

    expect(() => sessionFor(server.url)).toThrow(
      expect.objectContaining({ code: 'shutting_down', sent: 'no' }),
    );
    response.end('in time');
    expect(await answer).toBe('in time');
    await closed;
  });

  it('cuts off what is still under way, or still waiting, after the grace', async () => {
    create({ closeGraceMs: 3_000, connectionsPerSession: 1 });
    const running = get(sessionFor(server.url), '/held');
    const waiting = get(sessionFor(server.url), '/held');
    await heldRequest();
    const closed = pool.close();
    const outcomes = Promise.allSettled([running, waiting]);
    await clock.advance(3_000);

    await closed;
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(pool.stats()).toMatchObject({ running: 0, waiting: 0 });
  });

  it('may be asked for again', async () => {
    create();
    await get(sessionFor(server.url));
    await Promise.all([pool.close(), pool.close()]);
    await pool.close();

    await expect.poll(() => server.openConnections).toBe(0);
  });
});
