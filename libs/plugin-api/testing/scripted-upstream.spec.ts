import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { matches, type Route } from './reply.js';
import { ScriptedUpstream } from './scripted-upstream.js';

let upstream: ScriptedUpstream;

beforeEach(async () => {
  upstream = await ScriptedUpstream.start();
});

afterEach(() => upstream.close());

const ask = (path: string, init?: RequestInit) => fetch(upstream.base + path, init);

describe('ScriptedUpstream', () => {
  it('answers in order, and the last answer from then on', async () => {
    upstream.on('GET /jobs/:id', { json: { n: 1 } }, { status: 503, text: 'busy' }, { json: { n: 3 } });
    const answers: unknown[] = [];
    for (let i = 0; i < 4; i++) {
      const response = await ask('/jobs/a');
      answers.push([response.status, await response.text()]);
    }
    expect(answers).toEqual([
      [200, '{"n":1}'],
      [503, 'busy'],
      [200, '{"n":3}'],
      [200, '{"n":3}'],
    ]);
  });

  it('makes an answer from the request, and records it', async () => {
    upstream.on('POST /jobs', ({ query, headers, text }) => ({
      json: [query.get('q'), headers['x-key'] ?? '', text],
    }));
    const response = await ask('/jobs?q=1', { method: 'POST', headers: { 'X-Key': 'k' }, body: '{"a":1}' });
    expect(await response.json()).toEqual(['1', 'k', '{"a":1}']);
    const [request] = upstream.received('POST /jobs');
    expect([request?.method, request?.path, request?.json()]).toEqual(['POST', '/jobs', { a: 1 }]);
  });

  it('answers 501 where nothing is scripted, and remembers it', async () => {
    expect((await ask('/jobs?x=1')).status).toBe(501);
    expect(upstream.unexpected).toEqual(['GET /jobs']);
    upstream.reset();
    expect(upstream.unexpected).toEqual([]);
    expect(upstream.requests).toEqual([]);
  });

  it('sends bytes with headers of its own', async () => {
    upstream.on('GET /file', {
      headers: { 'content-type': 'video/mp4', etag: '"1"' },
      bytes: Buffer.from([1, 2]),
    });
    const response = await ask('/file');
    expect([response.headers.get('content-type'), response.headers.get('etag')]).toEqual([
      'video/mp4',
      '"1"',
    ]);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([1, 2]));
  });

  it.each(['reset', 'cut-off'] as const)('spoils an answer by %s', async (fault) => {
    upstream.on('GET /jobs', { text: 'x'.repeat(5000), fault });
    await expect(ask('/jobs').then((response) => response.text())).rejects.toThrow();
    expect(upstream.requests).toHaveLength(1);
  });

  it('refuses connections at a base that nothing listens on', async () => {
    await expect(fetch(await ScriptedUpstream.refusing())).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
  });
});

describe('matches', () => {
  it.each<[Route, string, string, boolean]>([
    ['GET /jobs', 'GET', '/jobs', true],
    ['GET /jobs', 'POST', '/jobs', false],
    ['GET /jobs', 'GET', '/jobs/1', false],
    ['GET /jobs/:id', 'GET', '/jobs/1', true],
    ['GET /jobs/:id', 'GET', '/jobs/1/file', false],
    ['GET /jobs/:id/file', 'GET', '/jobs/1/file', true],
    ['GET /jobs/:id/file', 'GET', '/jobs/1/files', false],
  ])('%s, asked %s %s: %j', (route, method, path, expected) => {
    expect(matches(route, method, path)).toBe(expected);
  });
});
