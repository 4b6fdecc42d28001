import { buffer } from 'node:stream/consumers';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { SystemClock } from 'penstock/kernel';
import { startServer, type TestServer } from 'penstock/upstream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SessionPool } from './session-pool.js';
import { UpstreamClient, type UpstreamRequest } from './upstream-client.js';
import { resolveUpstreamOptions } from './upstream.options.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

let server: TestServer;
let pool: SessionPool;
let client: UpstreamClient;
let listener: Listener;

const clock = new SystemClock();

beforeEach(async () => {
  listener = (_request, response) => response.end('ok');
  server = await startServer((request, response) => listener(request, response));
  pool = new SessionPool(clock, resolveUpstreamOptions({ connectionsPerSession: 1 }));
  client = new UpstreamClient(pool, clock);
});

afterEach(async () => {
  await pool.close();
  await server.stop();
});

const request = (more: Partial<UpstreamRequest> = {}) =>
  client.request({ baseUrl: `${server.url}/v1`, path: '/videos', proxyUrl: null, method: 'GET', ...more });

describe('what is sent', () => {
  it('keeps the path of the base URL, the query and the headers', async () => {
    listener = ({ url, headers }, response) =>
      response.end(JSON.stringify({ url, agent: headers['user-agent'], key: headers.authorization }));
    const answer = await request({ query: { limit: 2 }, headers: { Authorization: 'Bearer k' } });

    expect(await answer.json(1_000)).toEqual({
      url: '/v1/videos?limit=2',
      agent: 'penstock',
      key: 'Bearer k',
    });
  });

  it('lets the caller replace default headers, in any case', async () => {
    listener = ({ rawHeaders }, response) => response.end(rawHeaders.join('\n').toLowerCase());
    const answer = await request({ headers: { 'User-Agent': 'mine' } });

    const raw = await answer.text(1_000);
    expect(raw).toContain('user-agent\nmine');
    expect(raw).not.toContain('penstock');
  });

  it('is JSON with its type and length', async () => {
    listener = async (incoming, response) =>
      response.end(
        JSON.stringify([
          incoming.headers['content-type'],
          incoming.headers['content-length'],
          (await buffer(incoming)).toString(),
        ]),
      );
    const answer = await request({ method: 'POST', body: { json: { prompt: 'é' } } });

    expect(await answer.json(1_000)).toEqual(['application/json', '15', '{"prompt":"é"}']);
  });

  it('is a form of the engine with files, with its length', async () => {
    listener = async (incoming, response) => {
      expect(Number(incoming.headers['content-length'])).toBeGreaterThan(0);
      const boundary = incoming.headers['content-type']?.split('boundary=')[1] ?? '';
      response.end((await buffer(incoming)).toString().replaceAll(boundary, 'B'));
    };
    const form = new FormData();
    form.append('prompt', 'a "cat"');
    form.append('input_reference', new Blob(['pixels'], { type: 'image/png' }), 'ä.png');
    const answer = await request({ method: 'POST', body: { form } });

    expect((await answer.text(1_000)).split('\r\n')).toEqual([
      '--B',
      'Content-Disposition: form-data; name="prompt"',
      '',
      'a "cat"',
      '--B',
      'Content-Disposition: form-data; name="input_reference"; filename="ä.png"',
      'Content-Type: image/png',
      '',
      'pixels',
      '--B--',
      '',
    ]);
  });

  it('goes over one connection when requests follow each other', async () => {
    for (let i = 0; i < 5; i += 1) await (await request()).text(10);

    expect(server.connections).toBe(1);
  });

  it('must have headers that HTTP can carry', async () => {
    await expect(request({ headers: { authorization: 'line\nbreak' } })).rejects.toMatchObject({
      code: 'invalid_request',
      sent: 'no',
    });
    expect(server.connections).toBe(0);
  });
});

describe('what is answered', () => {
  it.each([200, 204, 404, 429, 500])('is handed over with status %d', async (status) => {
    listener = (_request, response) => {
      response.statusCode = status;
      response.end();
    };
    const answer = await request();

    expect(answer.status).toBe(status);
    expect(await answer.text(10)).toBe('');
  });

  it('has lower-case headers, repeated ones joined', async () => {
    listener = (_request, response) => {
      response.setHeader('X-Name', ['a', 'b']);
      response.end();
    };
    const answer = await request();
    await answer.text(10);

    expect(answer.headers['x-name']).toBe('a, b');
  });

  it('may be of the largest allowed size, and not of one byte more', async () => {
    listener = (_request, response) => response.end('é'.repeat(50_000));

    expect((await (await request()).text(100_000)).length).toBe(50_000);
    await expect((await request()).text(99_999)).rejects.toMatchObject({
      code: 'body_too_large',
      sent: 'maybe',
      category: 'too_large',
    });
  });

  it('can be read in part', async () => {
    listener = (_request, response) => response.end('x'.repeat(300_000));

    expect(await (await request()).excerpt(70_000)).toBe('x'.repeat(70_000));
    expect(await (await request()).excerpt(400_000)).toHaveLength(300_000);
  });

  it('must be JSON when JSON is asked for', async () => {
    listener = (_request, response) => response.setHeader('content-type', 'text/html').end('<html>');

    await expect((await request()).json(100)).rejects.toMatchObject({
      code: 'invalid_json',
      sent: 'maybe',
      message: `GET ${server.url}/v1/videos answered 200 with 6 characters of text/html that are no JSON.`,
    });
  });

  it('may be destroyed before its end, which closes the connection and harms nothing', async () => {
    let closed = false;
    listener = (_request, response) => {
      response.on('close', () => (closed = true)).write('x'.repeat(300_000));
    };
    (await request()).body.destroy();

    await expect.poll(() => closed).toBe(true);
  });

  it('can be streamed', async () => {
    listener = (_request, response) => response.end(Buffer.alloc(1_000_000, 7));

    expect((await buffer((await request()).body)).equals(Buffer.alloc(1_000_000, 7))).toBe(true);
  });
});

describe('redirects', () => {
  const redirect = (location: string, status = 302): Listener => {
    return ({ url }, response) => {
      if (url === '/v1/videos') response.writeHead(status, { location }).end('moved');
      else response.end(`at ${url ?? ''}`);
    };
  };

  it('are followed within the origin, over the same connection', async () => {
    listener = redirect('/elsewhere?x=1', 307);

    expect(await (await request()).text(100)).toBe('at /elsewhere?x=1');
    expect(server.connections).toBe(1);
  });

  it.each(['https://evil.test/', '//evil.test/x'])('to another origin (%s) are answers', async (location) => {
    listener = redirect(location);
    const answer = await request({ headers: { authorization: 'Bearer k' } });

    expect([answer.status, answer.headers['location']]).toEqual([302, location]);
    await answer.text(100);
  });

  it('of anything but GET are answers', async () => {
    listener = redirect('/elsewhere', 307);
    const answer = await request({ method: 'POST', body: { json: {} } });

    expect(answer.status).toBe(307);
    await answer.text(100);
    expect(server.requests).toHaveLength(1);
  });

  it('end after three', async () => {
    listener = ({ url }, response) => response.writeHead(301, { location: `${url ?? ''}x` }).end();
    const answer = await request();

    expect(answer.status).toBe(301);
    await answer.text(100);
    expect(server.requests).toHaveLength(4);
  });
});
