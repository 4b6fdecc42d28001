import type { IncomingMessage, ServerResponse } from 'node:http';

import { ManualClock } from 'penstock/kernel/testing';
import type { ProviderRequest } from 'penstock/plugin-api';
import { resolveUpstreamOptions, SessionPool, UpstreamClient, type UpstreamOptions } from 'penstock/upstream';
import { startServer, type TestServer } from 'penstock/upstream/testing';
import { afterEach, beforeEach } from 'vitest';

import { redactorOf } from '../redactor.js';
import { UpstreamProviderHttp } from '../upstream-provider-http.js';

/** How a server answers. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** The credential of {@link SUBMIT}, which must be shown nowhere. */
export const SECRET = 'sk-very-secret-0123456789';

/** A request that makes a job. */
export const SUBMIT: ProviderRequest = {
  method: 'POST',
  path: '/videos',
  headers: { authorization: `Bearer ${SECRET}` },
  body: { json: { prompt: 'x' } },
};

/** The `http` of a provider, and the server that it calls; new for each test of the suite around it. */
export class ProviderHttpBench {
  clock = new ManualClock();
  /** How the server answers. @defaultValue `{}` */
  listener: Listener = answering(200, '{}');
  #parts: { readonly server: TestServer; readonly pool: SessionPool } | undefined;

  constructor() {
    beforeEach(async () => {
      this.clock = new ManualClock(Date.UTC(2026, 0, 1));
      this.listener = answering(200, '{}');
      const server = await startServer((request, response) => this.listener(request, response));
      this.#parts = { server, pool: new SessionPool(this.clock, resolveUpstreamOptions()) };
    });
    afterEach(async () => {
      this.server.cut();
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

  /** Puts other sessions in the place of those there are. */
  async withSessions(options: UpstreamOptions): Promise<void> {
    const { server, pool } = this.#running;
    await pool.close();
    this.#parts = { server, pool: new SessionPool(this.clock, resolveUpstreamOptions(options)) };
  }

  /** What a provider is given for calls of another server. */
  readonly httpTo = (baseUrl: string, signal: AbortSignal): UpstreamProviderHttp =>
    new UpstreamProviderHttp(new UpstreamClient(this.pool, this.clock), this.clock, {
      baseUrl,
      proxyUrls: [null],
      signal,
      redact: redactorOf(SECRET),
    });

  /** What a provider is given. */
  readonly http = (signal: AbortSignal = new AbortController().signal): UpstreamProviderHttp =>
    this.httpTo(`${this.server.url}/v1`, signal);

  get #running() {
    if (this.#parts === undefined) throw new Error('There is a server only while a test runs.');
    return this.#parts;
  }
}

/** Answers every request alike. */
export function answering(status: number, body: string, headers: Record<string, string> = {}): Listener {
  return (_request, response) => response.writeHead(status, headers).end(body);
}
