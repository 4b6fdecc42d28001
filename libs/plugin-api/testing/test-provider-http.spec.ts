import { SystemClock } from 'penstock/kernel';
import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { describeProviderHttp } from './describe-provider-http.js';
import { ScriptedUpstream } from './scripted-upstream.js';
import { createTestContext } from './test-context.js';
import { TestProviderHttp } from './test-provider-http.js';
import { failureOf } from './well-formed.js';

describeProviderHttp({
  name: 'TestProviderHttp',
  create: (target) => new TestProviderHttp({ ...target, clock: new SystemClock(), secrets: [] }),
});

describe('TestProviderHttp', () => {
  it('cuts the secrets out of what the upstream echoes', async () => {
    const upstream = (await ScriptedUpstream.start()).on('GET /me', {
      status: 401,
      text: 'Bad key sk-1, rt-1.',
    });
    const { http } = createTestContext({ baseUrl: upstream.base, secret: 'sk-1', refreshSecret: 'rt-1' });
    const error = await failureOf(http.json({ method: 'GET', path: '/me' }));
    expect(error.message).toBe('GET /me: 401 Bad key [redacted], [redacted].');
    await upstream.close();
  });

  it('reads dates in Retry-After by its clock', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const headers = { 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' };
    const upstream = (await ScriptedUpstream.start()).on('GET /me', { status: 429, headers });
    const { http } = createTestContext({ baseUrl: upstream.base, clock });
    const { failure } = await failureOf(http.json({ method: 'GET', path: '/me' }));
    expect(failure).toEqual({ kind: 'rate_limited', retryAfterMs: 60_000 });
    await upstream.close();
  });
});
