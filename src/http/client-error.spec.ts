import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { answerClientError } from './client-error.js';
import { errorBodySchema } from './error-body.js';

describe('answerClientError', () => {
  let server: FastifyInstance;

  beforeAll(async () => {
    server = fastify({ clientErrorHandler: answerClientError });
    await server.listen({ port: 0 });
  });
  afterAll(() => server.close());

  const send = async (bytes: string): Promise<readonly [status: string, error: unknown]> => {
    const address = server.server.address();
    if (address === null || typeof address === 'string') throw new Error('expected a port');
    const socket = connect(address.port);
    await once(socket, 'connect');
    socket.write(bytes);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    expect(head).toContain(`content-length: ${body.length}`);
    return [head.split('\r\n', 1)[0] ?? '', errorBodySchema.parse(JSON.parse(body)).error];
  };

  it.each(['NONSENSE\r\n\r\n', 'GET / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n'])(
    'answers %j in the shape of every error',
    async (bytes) => {
      expect(await send(bytes)).toEqual([
        'HTTP/1.1 400 Bad Request',
        {
          message: 'This cannot be read as a request of HTTP/1.1.',
          type: 'invalid_request_error',
          param: null,
          code: 'bad_request',
        },
      ]);
    },
  );

  it('says that headers are too large', async () => {
    const [status, error] = await send(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(status).toBe('HTTP/1.1 431 Request Header Fields Too Large');
    expect(error).toMatchObject({ code: 'headers_too_large' });
  });
});
