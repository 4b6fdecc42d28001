import { expect, it, vi } from 'vitest';

import type { ProviderRequest } from 'penstock/plugin-api';

import type { Reply } from '../reply.js';
import { ScriptedUpstream } from '../scripted-upstream.js';
import { failureOf, SOON } from '../well-formed.js';
import { type HttpParts, JOBS } from './http-parts.js';

/** How answers that are no success are classified. */
export function describeFailures({ upstream, answering }: HttpParts): void {
  it.each<[string, Reply, object]>([
    ['unauthorized', { status: 401, json: {} }, { kind: 'unauthorized' }],
    [
      'rate_limited',
      { status: 429, headers: { 'retry-after': '3' } },
      { kind: 'rate_limited', retryAfterMs: 3000 },
    ],
    ['edge_challenge', { status: 403, headers: { 'cf-mitigated': 'challenge' } }, { kind: 'edge_challenge' }],
    ['invalid_request', { status: 400, json: {} }, { kind: 'invalid_request' }],
    ['transient', { status: 503, text: '' }, { kind: 'transient' }],
    ['ambiguous', { status: 502, text: '<html>' }, { kind: 'ambiguous' }],
  ])('classifies by status: %s', async (_, reply, failure) => {
    expect((await failureOf(answering(reply).json(JOBS))).failure).toMatchObject(failure);
  });

  it('asks the provider first, with the parsed body, and falls back when it does not know', async () => {
    const seen: unknown[] = [];
    const classify: ProviderRequest['classify'] = ({ status, body }) => {
      seen.push([status, body]);
      return status === 400 ? { kind: 'content_policy' } : undefined;
    };
    const http = answering({ status: 400, json: { code: 'nsfw' } });
    expect((await failureOf(http.json({ ...JOBS, classify }))).code).toBe('content_policy');
    upstream().on('POST /v1/jobs', { status: 401, text: 'plain' });
    expect((await failureOf(http.json({ ...JOBS, classify }))).code).toBe('unauthorized');
    expect(seen).toEqual([
      [400, { code: 'nsfw' }],
      [401, 'plain'],
    ]);
  });

  it('classifies by status and headers even when the body breaks off', async () => {
    const reply: Reply = { status: 401, text: 'x'.repeat(1000), fault: 'cut-off' };
    expect((await failureOf(answering(reply).json(JOBS))).code).toBe('unauthorized');
  });

  it('does not take the credential to where a redirect points', async () => {
    const elsewhere = await ScriptedUpstream.start();
    elsewhere.on('POST /v1/jobs', { json: {} }).on('GET /v1/jobs', { json: {} });
    const location = `${elsewhere.base}/v1/jobs`;
    const http = answering({ status: 307, headers: { location }, text: '' });
    await failureOf(http.json({ ...JOBS, headers: { authorization: 'Bearer s' } }));
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });
}

/** What is said of requests that got no answer. */
export function describeLostRequests({ upstream, http, answering }: HttpParts): void {
  it('is transient when the connection was refused', async () => {
    const refused = http(undefined, await ScriptedUpstream.refusing());
    expect((await failureOf(refused.json(JOBS))).code).toBe('transient');
  });

  it('is ambiguous when the answer was lost, and repeats nothing', async () => {
    expect((await failureOf(answering({ fault: 'reset' }).json(JOBS))).code).toBe('ambiguous');
    expect(upstream().requests).toHaveLength(1);
  });

  it('is ambiguous when no answer came in time', async () => {
    const attempt = answering({ fault: 'hang' }).json({ ...JOBS, timeoutMs: 50 });
    expect((await failureOf(attempt)).code).toBe('ambiguous');
    await vi.waitUntil(() => upstream().hanging === 0, SOON);
  });

  it('is ambiguous when it was aborted after sending, and hangs up', async () => {
    const abort = new AbortController();
    upstream().on('POST /v1/jobs', { fault: 'hang' });
    const attempt = http(abort.signal).json(JOBS);
    await vi.waitUntil(() => upstream().hanging === 1, SOON);
    abort.abort();
    expect((await failureOf(attempt)).code).toBe('ambiguous');
    await vi.waitUntil(() => upstream().hanging === 0, SOON);
  });

  it('is transient when it was aborted before, and sends nothing', async () => {
    expect((await failureOf(http(AbortSignal.abort()).json(JOBS))).code).toBe('transient');
    expect(upstream().requests).toEqual([]);
  });
}
