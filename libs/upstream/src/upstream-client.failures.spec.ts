import { createServer } from 'node:net';

import { describe, expect, it } from 'vitest';
import { ImpatientClient, refusedPort } from '../testing/impatient-client.js';

const on = new ImpatientClient();
const { post } = on;

describe('surely not sent', () => {
  it('a refused connection', async () => {
    const failure = post({ baseUrl: `http://127.0.0.1:${await refusedPort()}` });

    await expect(failure).rejects.toMatchObject({
      code: 'connect_failed',
      sent: 'no',
      category: 'unavailable',
    });
    await expect(failure).rejects.toThrow(
      /^POST http:\/\/127\.0\.0\.1:\d+\/videos failed before it was sent: .*ECONNREFUSED/,
    );
  });

  it('a host that has no address', async () => {
    await expect(post({ baseUrl: 'http://no-such-host.invalid' })).rejects.toMatchObject({
      code: expect.stringMatching(/^connect_(failed|timeout)$/) as unknown,
      sent: 'no',
    });
  });

  it('a TLS handshake that fails', async () => {
    await expect(post({ baseUrl: on.server.url.replace('http:', 'https:') })).rejects.toMatchObject({
      code: 'connect_failed',
      sent: 'no',
    });
    expect(on.server.requests).toEqual([]);
  });

  it('a TLS handshake that never ends', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;

    await expect(post({ baseUrl: `https://127.0.0.1:${port ?? 0}` })).rejects.toMatchObject({
      code: 'connect_timeout',
      sent: 'no',
      category: 'timeout',
    });
    silent.close();
  });

  it.each([{ baseUrl: 'nowhere' }, { proxyUrl: 'socks4://127.0.0.1:1' }, { path: 'videos' }])(
    'a wrong address: %j',
    async (wrong) => {
      await expect(post(wrong)).rejects.toMatchObject({ sent: 'no', category: 'invalid_input' });
      expect(on.server.connections).toBe(0);
    },
  );

  it('a request after the shutdown', async () => {
    await on.pool.close();

    await expect(post()).rejects.toMatchObject({ code: 'shutting_down', sent: 'no' });
  });
});

describe('maybe sent', () => {
  it('a connection that is reset before an answer, and it is sent once', async () => {
    on.listener = ({ socket }) => {
      socket.resetAndDestroy();
    };

    await expect(post()).rejects.toMatchObject({
      code: 'connection_lost',
      sent: 'maybe',
      category: 'upstream',
    });
    expect(on.server.requests).toHaveLength(1);
  });

  it('a connection that is closed before an answer', async () => {
    on.listener = ({ socket }) => socket.end();

    await expect(post()).rejects.toMatchObject({ code: 'connection_lost', sent: 'maybe' });
    expect(on.server.requests).toHaveLength(1);
  });

  it('a kept-alive connection that is closed when the next request comes', async () => {
    await (await post()).text(10);
    on.listener = ({ socket }) => socket.destroy();

    await expect(post()).rejects.toMatchObject({ code: 'connection_lost', sent: 'maybe' });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(on.server.connections).toBe(1);
    expect(on.server.requests).toHaveLength(2);
  });

  it('headers that do not come in time', async () => {
    on.listener = () => undefined;

    await expect(post({ timeoutMs: 60 })).rejects.toMatchObject({
      code: 'headers_timeout',
      sent: 'maybe',
      category: 'timeout',
    });
  });

  it('an answer that is no HTTP', async () => {
    on.listener = ({ socket }) => socket.end('SSH-2.0-OpenSSH_9.6\r\n');

    await expect(post()).rejects.toMatchObject({ code: 'connection_lost', sent: 'maybe' });
  });

  it('a shutdown that cuts the request off', async () => {
    on.listener = () => undefined;
    const outcome = expect(post()).rejects.toMatchObject({ code: 'shutting_down', sent: 'maybe' });
    await expect.poll(() => on.server.requests.length).toBe(1);
    await on.pool.close();

    await outcome;
  });

  it('a truncated body, announced or chunked', async () => {
    for (const headers of [{ 'content-length': '100' }, {}]) {
      on.listener = (_request, response) => {
        response.writeHead(200, headers);
        response.write('part');
        setTimeout(() => response.destroy(), 10);
      };
      const answer = await post();

      await expect(answer.text(1_000)).rejects.toMatchObject({ code: 'connection_lost', sent: 'maybe' });
    }
  });

  it('a body that stalls', async () => {
    on.listener = (_request, response) => response.write('part');
    const answer = await post();

    await expect(answer.json(1_000)).rejects.toMatchObject({ code: 'body_timeout', sent: 'maybe' });
  });
});

it('a connection that failed does not stand in the way of the next request', async () => {
  on.listener = ({ socket }) => socket.destroy();
  await post().catch(() => undefined);
  on.listener = (_request, response) => response.end('well');

  expect(await (await post()).text(10)).toBe('well');
});
