import { buffer } from 'node:stream/consumers';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import type { ProviderHttp, ProviderRequest } from 'penstock/plugin-api';

import type { Answer, Reply } from './reply.js';
import { ScriptedUpstream } from './scripted-upstream.js';
import { type HttpParts, JOBS } from './suites/http-parts.js';
import { describeFailures, describeLostRequests } from './suites/provider-http-failures.js';
import { failureOf, SOON } from './well-formed.js';

/** What a {@link ProviderHttp} under test is bound to. */
export interface ProviderHttpTarget {
  /** Without a trailing slash; it has a path. */
  readonly baseUrl: string;
  readonly signal: AbortSignal;
}

/** How the suite gets a {@link ProviderHttp}. */
export interface ProviderHttpContract {
  /** Titles the suite. */
  readonly name: string;
  readonly create: (target: ProviderHttpTarget) => ProviderHttp;
}

/** The contract of {@link ProviderHttp} as a vitest suite: every implementation runs it. */
export function describeProviderHttp({ name, create }: ProviderHttpContract): void {
  describe(`provider http: ${name}`, () => {
    let running: ScriptedUpstream | undefined;
    const upstream = (): ScriptedUpstream =>
      running ?? expect.fail('The upstream runs inside of tests only.');
    const http: HttpParts['http'] = (
      signal = new AbortController().signal,
      baseUrl = `${upstream().base}/v1`,
    ) => create({ baseUrl, signal });
    beforeAll(async () => {
      running = await ScriptedUpstream.start();
    });
    afterEach(() => {
      upstream().reset();
    });
    afterAll(() => running?.close());

    const answering = (answer: Answer): ProviderHttp => {
      upstream().on('POST /v1/jobs', answer);
      return http();
    };
    const parts: HttpParts = { upstream, http, answering };
    describeSending(parts);
    describeJson(parts);
    describeStream(parts);
    describeFailures(parts);
    describeLostRequests(parts);
  });
}

function describeSending({ upstream, http, answering }: HttpParts): void {
  it('sends method, path under the base URL, query, headers and JSON', async () => {
    const headers = { 'x-key': 'k' };
    await answering({ json: {} }).json({
      ...JOBS,
      headers,
      query: { limit: 2, after: 'a b', order: undefined },
    });
    const [received] = upstream().requests;
    expect(received?.query.toString()).toBe('limit=2&after=a+b');
    expect(received?.headers).toMatchObject({ 'x-key': 'k', 'content-type': 'application/json' });
    expect(received?.json()).toEqual({ prompt: 'boat' });
  });

  it('sends fields as a form without files does', async () => {
    const urlencoded = { grant_type: 'refresh_token', refresh_token: 'a b&c' };
    await answering({ json: {} }).json({ ...JOBS, body: { urlencoded } });
    const [received] = upstream().requests;
    expect(received?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    expect(received?.text).toBe('grant_type=refresh_token&refresh_token=a+b%26c');
  });

  it('takes a whole URL as it is', async () => {
    upstream().on('POST /elsewhere/token', { json: { here: true } });
    const path = `${upstream().base}/elsewhere/token`;
    const answer = await http(undefined, 'http://127.0.0.1:1/v1').json({ ...JOBS, path });
    expect(answer.body).toEqual({ here: true });
  });

  it('sends a form with files', async () => {
    const form = new FormData();
    form.set('prompt', 'boat');
    form.set('reference', new Blob(['pixels'], { type: 'image/png' }), 'boat.png');
    await answering({ json: {} }).json({ ...JOBS, body: { form } });
    const sent = await upstream().requests[0]?.form();
    const file = sent?.get('reference');
    expect(sent?.get('prompt')).toBe('boat');
    if (!(file instanceof File)) return expect.fail('No file arrived.');
    expect([file.name, file.type, await file.text()]).toEqual(['boat.png', 'image/png', 'pixels']);
  });

  it('sends no body where there is none', async () => {
    upstream().on('GET /v1/jobs', { json: {} });
    await http().json({ method: 'GET', path: '/jobs' });
    expect(upstream().requests[0]?.text).toBe('');
  });
}

function describeJson({ answering }: HttpParts): void {
  it('gives status, headers in lower case and the parsed body', async () => {
    const { status, headers, body } = await answering({
      status: 201,
      headers: { 'X-Request-Id': 'r1' },
      json: { id: 'job' },
    }).json(JOBS);
    expect({ status, body, id: headers['x-request-id'] }).toEqual({
      status: 201,
      body: { id: 'job' },
      id: 'r1',
    });
  });

  it('gives null for 204', async () => {
    expect((await answering({ status: 204 }).json(JOBS)).body).toBeNull();
  });

  it.each<[string, Reply]>([
    ['no JSON', { text: '<html>' }],
    ['half of it', { text: '{"id":' }],
    ['nothing', { text: '' }],
    ['a body that breaks off', { json: { id: 'x'.repeat(10_000) }, fault: 'cut-off' }],
    ['over 8 MiB', { json: 'x'.repeat(8 * 1024 * 1024) }],
  ])('is ambiguous about a success with %s', async (_, reply) => {
    expect((await failureOf(answering(reply).json(JOBS))).code).toBe('ambiguous');
  });

  it('takes as much as the request says', async () => {
    const large = { json: 'x'.repeat(9 * 1024 * 1024) };
    const { body } = await answering(large).json({ ...JOBS, answerBytes: 10 * 1024 * 1024 });
    expect(body).toHaveLength(9 * 1024 * 1024);
    const tooLarge = answering(large).json({ ...JOBS, answerBytes: 9 * 1024 * 1024 });
    expect((await failureOf(tooLarge)).code).toBe('ambiguous');
  });

  it('hands over an accepted status, its body parsed or as text', async () => {
    const accept = [404];
    const parsed = await answering({ status: 404, json: { error: 'gone' } }).json({ ...JOBS, accept });
    expect([parsed.status, parsed.body]).toEqual([404, { error: 'gone' }]);
    expect((await answering({ status: 404, text: 'gone' }).json({ ...JOBS, accept })).body).toBe('gone');
  });
}

function describeStream({ upstream, http, answering }: HttpParts): void {
  const FILE: ProviderRequest = { method: 'POST', path: '/jobs' };

  it('streams the body as it is', async () => {
    const bytes = Buffer.alloc(300_000, 9);
    const { status, body } = await answering({ bytes }).stream(FILE);
    expect(status).toBe(200);
    expect((await buffer(body)).equals(bytes)).toBe(true);
  });

  it('ends a body that breaks off with an error', async () => {
    const { body } = await answering({ bytes: Buffer.alloc(300_000), fault: 'cut-off' }).stream(FILE);
    await expect(buffer(body)).rejects.toThrow();
  });

  it('survives a body that is destroyed unread', async () => {
    const { body } = await answering({ bytes: Buffer.alloc(300_000) }).stream(FILE);
    body.destroy();
    await vi.waitUntil(() => body.closed, SOON);
    expect((await answering({ json: {} }).json(JOBS)).status).toBe(200);
  });

  it('ends the body when the signal aborts', async () => {
    const abort = new AbortController();
    upstream().on('POST /v1/jobs', { bytes: Buffer.alloc(8_000_000) });
    const { body } = await http(abort.signal).stream(FILE);
    abort.abort();
    await expect(buffer(body)).rejects.toThrow();
  });

  it('fails like json when the answer is not a success', async () => {
    expect((await failureOf(answering({ status: 401, json: {} }).stream(FILE))).code).toBe('unauthorized');
  });
}
