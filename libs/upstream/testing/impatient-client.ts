import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:net';

import { SystemClock } from 'penstock/kernel';
import { afterEach, beforeEach } from 'vitest';

import { SessionPool } from '../src/session-pool.js';
import { UpstreamClient, type UpstreamRequest } from '../src/upstream-client.js';
import type { UpstreamResponse } from '../src/upstream-response.js';
import { resolveUpstreamOptions } from '../src/upstream.options.js';
import { startServer, type TestServer } from './test-server.js';

/** How the server of an {@link ImpatientClient} answers. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A client that waits only for moments, over one connection, and a server; new for each test of the suite around it. */
export class ImpatientClient {
  readonly clock = new SystemClock();
  /** How the server answers. @defaultValue `ok` */
  listener: Listener = answersOk;
  #parts:
    { readonly server: TestServer; readonly pool: SessionPool; readonly client: UpstreamClient } | undefined;

  constructor() {
    beforeEach(async () => {
      this.listener = answersOk;
      const server = await startServer((request, response) => this.listener(request, response));
      const patience = {
        headersTimeoutMs: 3_000,
        bodyTimeoutMs: 200,
        connectTimeoutMs: 200,
        closeGraceMs: 10,
      };
      const pool = new SessionPool(
        this.clock,
        resolveUpstreamOptions({ connectionsPerSession: 1, ...patience }),
      );
      this.#parts = { server, pool, client: new UpstreamClient(pool, this.clock) };
    });
    afterEach(async () => {
      await this.pool.close();
      await this.server.stop();
    });
  }

  get server(): TestServer {
    return this.#running.server;
  }

  get pool(): SessionPool {
    return this.#running.pool;
  }

  get client(): UpstreamClient {
    return this.#running.client;
  }

  /** Asks for a video. */
  readonly post = (more: Partial<UpstreamRequest> = {}): Promise<UpstreamResponse> =>
    this.client.request({
      baseUrl: this.server.url,
      path: '/videos',
      proxyUrl: null,
      method: 'POST',
      body: { json: { prompt: 'x' } },
      ...more,
    });

  get #running() {
    if (this.#parts === undefined) throw new Error('There is a client only while a test runs.');
    return this.#parts;
  }
}

/** A port on which nothing listens. */
export async function refusedPort(): Promise<number> {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const address = closed.address();
  await new Promise((resolve) => closed.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const answersOk: Listener = (_request, response) => response.end('ok');
