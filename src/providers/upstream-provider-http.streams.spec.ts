import { buffer } from 'node:stream/consumers';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { ManualClock } from 'penstock/kernel/testing';
import type { ProviderRequest } from 'penstock/plugin-api';
import { resolveUpstreamOptions, SessionPool, UpstreamClient } from 'penstock/upstream';
import { startServer, type TestServer } from 'penstock/upstream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { redactorOf } from './redactor.js';
import { UpstreamProviderHttp } from './upstream-provider-http.js';

const SECRET = 'sk-very-secret-0123456789';

let server: TestServer;
let pool: SessionPool;
let listener: (request: IncomingMessage, response: ServerResponse) => unknown;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock(Date.UTC(2026, 0, 1));
  listener = (_request, response) => response.end('{}');
  server = await startServer((request, response) => listener(request, response));
  pool = new SessionPool(clock, resolveUpstreamOptions());
});

afterEach(async () => {
  server.cut();
  await pool.close();
  await server.stop();
});

const httpTo = (baseUrl: string, signal: AbortSignal) =>
  new UpstreamProviderHttp(new UpstreamClient(pool, clock), clock, {
    baseUrl,
    proxyUrls: [null],
    signal,
    redact: redactorOf(SECRET),
  });

const http = (signal = new AbortController().signal) => httpTo(`${server.url}/v1`, signal);

const submit: ProviderRequest = {
  method: 'POST',
  path: '/videos',
  headers: { authorization: `Bearer ${SECRET}` },
  body: { json: { prompt: 'x' } },
};

const answering =
  (status: number, body: string, headers: Record<string, string> = {}) =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, headers).end(body);
  };

describe('stream', () => {
  it('hands over the body as it comes', async () => {
    listener = answering(206, 'part', { 'content-range': 'bytes 0-3/10' });
    const { status, headers, body } = await http().stream({ method: 'GET', path: '/content' });

    expect([status, headers['content-range'], String(await buffer(body))]).toEqual([
      206,
      'bytes 0-3/10',
      'part',
    ]);
  });

  it('that is read slowly keeps no other call waiting', async () => {
    listener = ({ url }, response) => (url === '/v1/content' ? response.write('first') : response.end('{}'));
    await pool.close();
    pool = new SessionPool(clock, resolveUpstreamOptions({ connectionsPerSession: 1 }));
    const { body } = await http().stream({ method: 'GET', path: '/content' });

    expect((await http().json(submit)).body).toEqual({});
    body.destroy();
  });

  it('hands over accepted statuses', async () => {
    listener = answering(416, '', { 'content-range': 'bytes */10' });
    const { status, body } = await http().stream({ method: 'GET', path: '/content', accept: [416] });
    body.destroy();

    expect(status).toBe(416);
  });

  it('ends with an error when the call is aborted', async () => {
    listener = (_request, response) => response.write('first');
    const abort = new AbortController();
    const { body } = await http(abort.signal).stream({ method: 'GET', path: '/content' });
    abort.abort();

    await expect(buffer(body)).rejects.toThrow();
  });
});
