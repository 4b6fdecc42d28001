import { ProviderError } from 'penstock/plugin-api';
import { describe, expect, it } from 'vitest';

import { answering, ProviderHttpBench, SECRET, SUBMIT } from './testing/provider-http-bench.js';

const on = new ProviderHttpBench();
const { http, httpTo } = on;

async function failureFrom(attempt: Promise<unknown>): Promise<ProviderError> {
  const outcome = await attempt.catch((error: unknown) => error);
  if (!(outcome instanceof ProviderError)) return expect.fail('A ProviderError was expected.');
  expect(outcome.message).not.toContain(SECRET);
  expect(outcome.message.length).toBeLessThanOrEqual(300);
  return outcome;
}

describe('json', () => {
  it('sends what the provider gives and parses the answer', async () => {
    on.listener = ({ method, url, headers }, response) =>
      response
        .writeHead(201, { 'x-request-id': 'r1' })
        .end(JSON.stringify([method, url, headers.authorization]));
    const answer = await http().json({ ...SUBMIT, query: { dry: 1 } });

    expect(answer).toMatchObject({ status: 201, headers: { 'x-request-id': 'r1' } });
    expect(answer.body).toEqual(['POST', '/v1/videos?dry=1', `Bearer ${SECRET}`]);
  });

  it('reads 204 as null', async () => {
    on.listener = answering(204, '');

    expect((await http().json(SUBMIT)).body).toBeNull();
  });

  it('hands over accepted statuses, as text where they are no JSON', async () => {
    on.listener = answering(404, '{"missing":true}');
    expect(await http().json({ ...SUBMIT, accept: [404] })).toMatchObject({
      status: 404,
      body: { missing: true },
    });
    on.listener = answering(405, 'no such method');

    expect(await http().json({ ...SUBMIT, accept: [404, 405] })).toMatchObject({ body: 'no such method' });
  });

  it.each(['<html>Welcome</html>', '', '{"id":'])(
    'takes a 2xx body that is not JSON as ambiguous: %j',
    async (body) => {
      on.listener = answering(200, body, { 'content-type': 'text/html' });

      const { code, message } = await failureFrom(http().json(SUBMIT));
      expect([code, message]).toEqual(['ambiguous', 'POST /videos answered 200 with text/html, not JSON.']);
    },
  );

  it('takes a body over 8 MiB as ambiguous', async () => {
    on.listener = answering(200, JSON.stringify('x'.repeat(8 * 1024 * 1024)));

    expect((await failureFrom(http().json(SUBMIT))).code).toBe('ambiguous');
  });

  it('takes a body that breaks off as ambiguous', async () => {
    on.listener = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"id":');
      setTimeout(() => response.destroy(), 5);
    };

    expect((await failureFrom(http().json(SUBMIT))).code).toBe('ambiguous');
  });
});

/** What the clock of the calls says: 2026 begins. */
const NOW = Date.UTC(2026, 0, 1);

describe('an answer that is not a success', () => {
  it('is shown to the provider first', async () => {
    on.listener = answering(400, '{"error":{"code":"moderation_blocked","message":"Not that."}}', {
      'x-a': 'b',
    });
    const seen: unknown[] = [];
    const error = await failureFrom(
      http().json({
        ...SUBMIT,
        classify: (answer) => {
          seen.push(answer.status, answer.headers['x-a'], answer.body);
          return { kind: 'content_policy' };
        },
      }),
    );

    expect(seen).toEqual([400, 'b', { error: { code: 'moderation_blocked', message: 'Not that.' } }]);
    expect(error).toMatchObject({ code: 'content_policy', message: 'POST /videos answered 400: Not that.' });
  });

  it('is classified by its status when the provider leaves it', async () => {
    on.listener = answering(429, '{}', { 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' });

    expect((await failureFrom(http().json({ ...SUBMIT, classify: () => undefined }))).failure).toEqual({
      kind: 'rate_limited',
      retryAfterMs: 60_000,
    });
  });

  it.each([
    [{ 'retry-after': '7200' }, null, NOW + 7_200_000],
    [{ 'retry-after': '1' }, null, NOW + 60_000],
    [{ 'retry-after': '7200' }, NOW + 5_000, NOW + 5_000],
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1s' }, null, null],
  ])(
    'with headers %j tells when used-up quota is back, if the provider does not (%s)',
    async (headers, known, resetsAt) => {
      on.listener = answering(429, '{}', headers);
      const classify = () => ({ kind: 'quota_exhausted', resetsAt: known }) as const;

      expect((await failureFrom(http().json({ ...SUBMIT, classify }))).failure).toEqual({
        kind: 'quota_exhausted',
        resetsAt,
      });
    },
  );

  it.each([
    [401, '{}', {}, 'unauthorized'],
    [403, '<html>', { 'cf-mitigated': 'challenge' }, 'edge_challenge'],
    [500, '{"error":"x"}', {}, 'transient'],
    [502, '<html>', {}, 'ambiguous'],
    [302, '', { location: 'https://elsewhere.test/' }, 'invalid_request'],
  ])('with status %d and body %s is %s %s', async (status, body, headers, code) => {
    on.listener = answering(status, body, headers);

    expect((await failureFrom(http().json(SUBMIT))).code).toBe(code);
    expect((await failureFrom(http().stream(SUBMIT))).code).toBe(code);
  });

  it('has its first 64 KiB read, and its message bounded and free of the secret', async () => {
    on.listener = answering(400, `${'x'.repeat(280)} ${SECRET} ${SECRET} ${'y'.repeat(200_000)}`);
    let length = 0;
    const { message } = await failureFrom(
      http().json({
        ...SUBMIT,
        classify: ({ body }) => {
          length = typeof body === 'string' ? body.length : -1;
          return undefined;
        },
      }),
    );

    expect(length).toBe(64 * 1024);
    expect(message).not.toContain('sk-very');
  });

  it('counts by its status when its body breaks off', async () => {
    on.listener = (_request, response) => {
      response.writeHead(429, { 'content-length': '1000', 'retry-after': '3' }).write('{"err');
      setTimeout(() => response.destroy(), 5);
    };

    expect((await failureFrom(http().json(SUBMIT))).failure).toEqual({
      kind: 'rate_limited',
      retryAfterMs: 3_000,
    });
  });
});

describe('no answer', () => {
  it('is transient when the request surely never left', async () => {
    const gone = on.server.url;
    await on.server.stop();
    const error = await failureFrom(httpTo(gone, new AbortController().signal).json(SUBMIT));

    expect(error.failure).toEqual({ kind: 'transient', retryAfterMs: null });
    expect(error.cause).toMatchObject({ code: 'connect_failed', sent: 'no' });
  });

  it('is transient when the call had ended before', async () => {
    expect((await failureFrom(http(AbortSignal.abort()).json(SUBMIT))).code).toBe('transient');
    expect(on.server.requests).toEqual([]);
  });

  it('is transient when the address is wrong', async () => {
    const { signal } = new AbortController();

    expect((await failureFrom(httpTo('ftp://nowhere', signal).json(SUBMIT))).code).toBe('transient');
  });

  it('is ambiguous when the request may have arrived', async () => {
    on.listener = ({ socket }) => socket.destroy();

    expect((await failureFrom(http().json(SUBMIT))).code).toBe('ambiguous');
    expect(on.server.requests).toHaveLength(1);
  });

  it('is ambiguous when the call ends while it waits for the answer', async () => {
    on.listener = () => undefined;
    const abort = new AbortController();
    const attempt = failureFrom(http(abort.signal).json(SUBMIT));
    await expect.poll(() => on.server.requests.length).toBe(1);
    abort.abort();

    expect((await attempt).code).toBe('ambiguous');
  });
});
