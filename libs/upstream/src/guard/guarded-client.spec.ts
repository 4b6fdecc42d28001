import type { IncomingMessage, ServerResponse } from 'node:http';

import { ManualClock } from 'penstock/kernel/testing';
import { startServer, type TestServer } from 'penstock/upstream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { GuardedClient, type GuardedRequest } from './guarded-client.js';
import { UrlGuard } from './url-guard.js';

let server: TestServer;
let other: TestServer;
let clock: ManualClock;
let listener: (request: IncomingMessage, response: ServerResponse) => unknown;
/** What the names lead to, asked for in this order. */
let answers: (readonly string[])[];

beforeEach(async () => {
  clock = new ManualClock();
  listener = (_request, response) => response.end('ok');
  server = await startServer((request, response) => listener(request, response));
  other = await startServer(({ headers }, response) => response.end(JSON.stringify(headers)));
});
afterEach(async () => {
  await Promise.all([server.stop(), other.stop()]);
  expect(clock.pendingTimers).toBe(0);
});

/** Answers with each entry once. */
const resolve = (): Promise<readonly string[]> => {
  const next = answers.shift();
  return next === undefined ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(next);
};
const portOf = (target: TestServer): string => new URL(target.url).port;
const get = (url: string, more: Partial<GuardedRequest> = {}, allowPrivate = true) =>
  new GuardedClient(new UrlGuard({ allowHttp: true, allowPrivate }, resolve), clock).request({
    url,
    method: 'GET',
    ...more,
  });
const named = (host = 'a.test'): string => `http://${host}:${portOf(server)}/x`;

describe('names', () => {
  it('are resolved once, and the connection goes to the address that was checked', async () => {
    answers = [['127.0.0.1'], ['192.0.2.1']];
    expect(await (await get(named())).text(10)).toBe('ok');
    expect(answers).toEqual([['192.0.2.1']]);
  });

  it('that turn to loopback after they were checked are not connected to', async () => {
    const guard = new UrlGuard({ allowHttp: true }, resolve);
    answers = [['8.8.8.8'], ['127.0.0.1']];
    expect((await guard.checkResolved(named())).hostname).toBe('a.test');
    const request = new GuardedClient(guard, clock).request({ url: named(), method: 'GET' });
    await expect(request).rejects.toMatchObject({ code: 'address_not_allowed', sent: 'no' });
    expect(answers).toEqual([]);
    expect(server.connections).toBe(0);
  });

  it.each([[['8.8.8.8', '127.0.0.1']], [['127.0.0.1', '8.8.8.8']], [['::ffff:127.0.0.1']], [['fe80::1%lo']]])(
    'with the addresses %j are refused as a whole',
    async (addresses) => {
      answers = [addresses, addresses];
      const guard = new UrlGuard({ allowHttp: true }, resolve);
      const refused = { code: 'address_not_allowed', sent: 'no' };
      await expect(guard.checkResolved(named())).rejects.toMatchObject(refused);
      await expect(get(named(), {}, false)).rejects.toMatchObject(refused);
      expect(server.connections).toBe(0);
    },
  );

  it('that lead nowhere are a failure to connect', async () => {
    answers = [[]];
    await expect(get(named())).rejects.toMatchObject({ code: 'connect_failed', sent: 'no' });
    await expect(get(named())).rejects.toMatchObject({ code: 'connect_failed', sent: 'no' });
  });

  it('are not asked for when the host is an address', async () => {
    answers = [];
    expect(await (await get(server.url)).text(10)).toBe('ok');
    await expect(get(server.url, {}, false)).rejects.toMatchObject({ code: 'address_not_allowed' });
    expect(server.connections).toBe(1);
  });
});

describe('redirects', () => {
  const redirect = (location: string, status = 302): void => {
    listener = (_request, response) => response.writeHead(status, { location }).end('moved');
  };

  it('are followed, without the credentials to another origin', async () => {
    redirect(`${other.url}/y`);
    const headers = { Authorization: 'Bearer k', Cookie: 'a', 'X-Api-Key': 'k', Accept: 'image/*' };
    const told: unknown = await (await get(server.url, { headers })).json(1_000);
    expect(told).toMatchObject({ accept: 'image/*' });
    for (const name of ['authorization', 'cookie', 'x-api-key']) expect(told).not.toHaveProperty(name);
  });

  it('keep the headers within the origin', async () => {
    listener = ({ url, headers }, response) =>
      url === '/b' ? response.end(headers.authorization) : response.writeHead(307, { location: '/b' }).end();
    expect(await (await get(server.url, { headers: { authorization: 'k' } })).text(10)).toBe('k');
  });

  it.each([
    ['http://0.0.0.0/', 'address_not_allowed'],
    ['http://[::ffff:127.0.0.1]/', 'address_not_allowed'],
    ['file:///etc/passwd', 'url_not_allowed'],
    ['http://u:p@a.test/', 'url_not_allowed'],
  ])('to %s are refused', async (location, code) => {
    redirect(location);
    await expect(get(server.url)).rejects.toMatchObject({ code });
  });

  it('to a name that leads inside are refused', async () => {
    redirect(`http://inside.test:${portOf(other)}/`);
    answers = [['0.0.0.0']];
    await expect(get(server.url)).rejects.toMatchObject({ code: 'address_not_allowed', sent: 'no' });
    expect(other.connections).toBe(0);
  });

  it.each([0, 3])('end after %i', async (maxRedirects) => {
    redirect('/again');
    await expect(get(server.url, { maxRedirects })).rejects.toMatchObject({ code: 'too_many_redirects' });
    expect(server.requests).toHaveLength(maxRedirects + 1);
  });

  it.each(['POST', 'PUT'] as const)('of a %s are answers', async (method) => {
    redirect(other.url, 307);
    const answer = await get(server.url, { method, body: 'x' });
    expect([answer.status, await answer.text(10)]).toEqual([307, 'moved']);
    expect(other.connections).toBe(0);
  });
});

describe('bounds', () => {
  it('refuse a body that is announced as too long, before it is read', async () => {
    listener = (_request, response) => response.writeHead(200, { 'content-length': 11 }).end('x'.repeat(11));
    await expect(get(server.url, { maxBytes: 10 })).rejects.toMatchObject({ code: 'body_too_large' });
  });

  it('end a body that turns out too long, and take one that just fits', async () => {
    listener = (_request, response) => {
      response.write('x'.repeat(6));
      response.end('x'.repeat(5));
    };
    expect(await (await get(server.url, { maxBytes: 11 })).text(100)).toHaveLength(11);
    const answer = await get(server.url, { maxBytes: 10 });
    await expect(answer.text(100)).rejects.toMatchObject({ code: 'body_too_large' });
  });

  it('hold for the wait for an answer', async () => {
    const asked = new Promise<void>((done) => {
      listener = () => {
        done();
      };
    });
    const answer = expect(get(server.url, { timeoutMs: 500 })).rejects.toMatchObject({
      code: 'headers_timeout',
      sent: 'maybe',
      message: `GET ${server.url}/ took longer than 500 ms in all.`,
    });
    await asked;
    await clock.advance(500);
    await answer;
  });

  it('hold for the body, too', async () => {
    listener = (_request, response) => response.write('a');
    const answer = await get(server.url, { timeoutMs: 500 });
    const text = expect(answer.text(10)).rejects.toMatchObject({ code: 'body_timeout' });
    await clock.advance(500);
    await text;
  });

  it('hold for all redirects together', async () => {
    let hops = 0;
    const second = new Promise<void>((done) => {
      listener = async (_request, response) => {
        hops += 1;
        if (hops === 2) done();
        else {
          await clock.advance(400);
          response.writeHead(302, { location: '/b' }).end();
        }
      };
    });
    const answer = expect(get(server.url, { timeoutMs: 500 })).rejects.toMatchObject({
      code: 'headers_timeout',
    });
    await second;
    await clock.advance(100);
    await answer;
  });

  it('leave no connection open, whether the body is read or thrown away', async () => {
    await (await get(server.url)).text(10);
    const thrown = await get(server.url);
    thrown.body.destroy();
    await expect.poll(() => server.openConnections).toBe(0);
    expect(server.connections).toBe(2);
  });
});

describe('connections that are kept', () => {
  it('serve the next request to their origin, and a guard that follows a setting refuses it all the same', async () => {
    let allowPrivate = true;
    const guard = new UrlGuard(() => ({ allowHttp: true, allowPrivate }), resolve);
    const client = new GuardedClient(guard, clock, { keepAliveMs: 10_000 });
    answers = [['127.0.0.1'], ['127.0.0.1']];
    const ask = async (url: string): Promise<string> => {
      const text = await (await client.request({ url, method: 'POST', body: 'x' })).text(10);
      // A connection is free when what follows the body was read.
      await new Promise((resolve) => setImmediate(resolve));
      return text;
    };
    for (let i = 0; i < 3; i += 1) expect(await ask(server.url)).toBe('ok');
    for (let i = 0; i < 2; i += 1) expect(await ask(named('a.test.'))).toBe('ok');
    expect([server.connections, answers.length]).toEqual([2, 1]);
    allowPrivate = false;
    await expect(ask(server.url)).rejects.toMatchObject({ code: 'address_not_allowed', sent: 'no' });
    await client.close();
    await expect.poll(() => server.openConnections).toBe(0);
  });
});

it('stops when the caller gives up, before and after the answer came', async () => {
  const gone = AbortSignal.abort(new Error('gone'));
  await expect(get(server.url, { signal: gone })).rejects.toMatchObject({ code: 'aborted', sent: 'no' });
  const caller = new AbortController();
  listener = (_request, response) => response.write('a');
  const answer = await get(server.url, { signal: caller.signal });
  const text = expect(answer.text(10)).rejects.toMatchObject({ code: 'aborted' });
  caller.abort();
  await text;
});

it('sends what it is given', async () => {
  listener = async (request, response) => {
    response.statusCode = 201;
    for await (const chunk of request) response.write(chunk);
    response.end(request.headers['content-type']);
  };
  const headers = { 'Content-Type': 'text/x' };
  const answer = await get(server.url, { method: 'POST', body: 'body ', headers });
  expect([answer.status, await answer.text(100)]).toEqual([201, 'body text/x']);
});
