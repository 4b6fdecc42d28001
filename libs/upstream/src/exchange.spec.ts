import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { ManualClock } from 'penstock/kernel/testing';
import { startServer, type TestServer } from 'penstock/upstream/testing';

import { Pool } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { exchange } from './exchange.js';

let clock: ManualClock;
let server: TestServer;
let connections: Pool;
let held: ServerResponse[];

beforeEach(async () => {
  clock = new ManualClock();
  held = [];
  server = await startServer((request, response) => {
    if (request.url === '/body') {
      response.write('first');
      held.push(response);
    } else if (request.url === '/held') held.push(response);
    else response.end('ok');
  });
  connections = new Pool(server.url, { connections: 1, pipelining: 1 });
});

afterEach(async () => {
  await connections.destroy();
  await server.stop();
});

const send = (path: string, signal?: AbortSignal) =>
  exchange(
    connections,
    { method: 'POST', path, body: '{}' },
    { clock, timeoutMs: 1_000, signal, target: `POST ${path}` },
  );

const untilHeld = () => expect.poll(() => held.length).toBe(1);

it('leaves neither timer nor listener behind', async () => {
  const { body } = await send('/', new AbortController().signal);

  expect(await text(body)).toBe('ok');
  expect(clock.pendingTimers).toBe(0);
});

describe('a request that waits for a connection', () => {
  it('gives up in time, was surely not sent, and never is', async () => {
    void send('/held').catch(() => undefined);
    await untilHeld();
    const waiting = send('/late');
    const outcome = expect(waiting).rejects.toMatchObject({
      code: 'no_connection',
      sent: 'no',
      message: 'POST /late had no connection within 1000 ms.',
    });
    await clock.advance(1_000);
    await outcome;
    held[0]?.end('done');

    const { body } = await send('/');
    await text(body);
    expect(server.requests.map(({ url }) => url)).not.toContain('/late');
  });

  it('is aborted at once, was surely not sent, and never is', async () => {
    const abort = new AbortController();
    void send('/held').catch(() => undefined);
    await untilHeld();
    const waiting = send('/aborted', abort.signal);
    abort.abort(new Error('no longer wanted'));

    await expect(waiting).rejects.toMatchObject({
      code: 'aborted',
      sent: 'no',
      cause: new Error('no longer wanted'),
    });
    held[0]?.end('done');
    const { body } = await send('/');
    await text(body);
    expect(server.requests.map(({ url }) => url)).not.toContain('/aborted');
  });
});

describe('an abort', () => {
  it('before the call sends nothing', async () => {
    await expect(send('/', AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted', sent: 'no' });
    expect(server.connections).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it('after sending may have been too late', async () => {
    const abort = new AbortController();
    const sent = send('/held', abort.signal);
    await untilHeld();
    abort.abort();

    await expect(sent).rejects.toMatchObject({ code: 'aborted', sent: 'maybe' });
    const { body } = await send('/');
    await text(body);
    expect(server.requests.map(({ url }) => url)).toEqual(['/held', '/']);
  });

  it('ends the body too', async () => {
    const abort = new AbortController();
    const { body } = await send('/body', abort.signal);
    abort.abort();

    await expect(text(body)).rejects.toMatchObject({ code: 'aborted', sent: 'maybe' });
  });
});
