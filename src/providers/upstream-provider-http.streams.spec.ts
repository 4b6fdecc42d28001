import { buffer } from 'node:stream/consumers';

import { describe, expect, it } from 'vitest';

import { answering, ProviderHttpBench, SUBMIT } from './testing/provider-http-bench.js';

const on = new ProviderHttpBench();
const { http } = on;

describe('stream', () => {
  it('hands over the body as it comes', async () => {
    on.listener = answering(206, 'part', { 'content-range': 'bytes 0-3/10' });
    const { status, headers, body } = await http().stream({ method: 'GET', path: '/content' });

    expect([status, headers['content-range'], String(await buffer(body))]).toEqual([
      206,
      'bytes 0-3/10',
      'part',
    ]);
  });

  it('that is read slowly keeps no other call waiting', async () => {
    on.listener = ({ url }, response) =>
      url === '/v1/content' ? response.write('first') : response.end('{}');
    await on.withSessions({ connectionsPerSession: 1 });
    const { body } = await http().stream({ method: 'GET', path: '/content' });

    expect((await http().json(SUBMIT)).body).toEqual({});
    body.destroy();
  });

  it('hands over accepted statuses', async () => {
    on.listener = answering(416, '', { 'content-range': 'bytes */10' });
    const { status, body } = await http().stream({ method: 'GET', path: '/content', accept: [416] });
    body.destroy();

    expect(status).toBe(416);
  });

  it('ends with an error when the call is aborted', async () => {
    on.listener = (_request, response) => response.write('first');
    const abort = new AbortController();
    const { body } = await http(abort.signal).stream({ method: 'GET', path: '/content' });
    abort.abort();

    await expect(buffer(body)).rejects.toThrow();
  });
});
