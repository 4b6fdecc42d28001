import fc from 'fast-check';
import { createTestContext, ScriptedUpstream } from 'penstock/plugin-api/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { refreshByOAuth2, type OAuth2Client } from './oauth2.js';

const NOW = 1_700_000_000_000;

describe('refreshByOAuth2', () => {
  let upstream: ScriptedUpstream;

  beforeAll(async () => {
    upstream = await ScriptedUpstream.start();
  });
  afterEach(() => {
    upstream.reset();
  });
  afterAll(() => upstream.close());

  const refresh = (client: Partial<OAuth2Client> = {}) =>
    refreshByOAuth2(
      { tokenEndpoint: `${upstream.base}/oauth/token`, clientId: 'penstock', ...client },
      createTestContext({ baseUrl: `${upstream.base}/v1`, refreshSecret: 'rt-1' }),
      NOW,
    );
  const answering = (json: object, status = 200): void => {
    upstream.on('POST /oauth/token', { status, json: { ...json } });
  };

  it('asks as RFC 6749 says, as a public client', async () => {
    answering({ access_token: 'at-2', token_type: 'Bearer', expires_in: 3600, refresh_token: 'rt-2' });
    expect(await refresh({ scope: 'video.write video.read' })).toEqual({
      secret: 'at-2',
      refreshSecret: 'rt-2',
      expiresAt: NOW + 3_600_000,
    });
    const [received] = upstream.requests;
    expect(received?.headers['authorization']).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(received?.text))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'rt-1',
      scope: 'video.write video.read',
      client_id: 'penstock',
    });
  });

  it('proves who it is by Basic where it has a secret, with reserved characters encoded', async () => {
    answering({ access_token: 'at-2' });
    await refresh({ clientId: 'a:b', clientSecret: 'p w%' });
    const [received] = upstream.requests;
    const credentials = Buffer.from('a%3Ab:p+w%25').toString('base64');
    expect(received?.headers['authorization']).toBe(`Basic ${credentials}`);
    expect(received?.text).not.toContain('client_id');
  });

  it('keeps the refresh token that is not rotated, and knows no end that is not told', async () => {
    answering({ access_token: 'at-2', refresh_token: '', expires_in: 'soon' });
    expect(await refresh()).toEqual({ secret: 'at-2', refreshSecret: null, expiresAt: null });
  });

  it.each([400, 401, 403])('takes invalid_grant with %d as a refused credential', async (status) => {
    answering({ error: 'invalid_grant' }, status);
    await expect(refresh()).rejects.toMatchObject({ failure: { kind: 'unauthorized' } });
  });

  it.each<[object, number, string]>([
    [{ error: 'invalid_request' }, 400, 'invalid_request'],
    [{ error: 'slow_down' }, 429, 'rate_limited'],
    [{ error: 'invalid_grant' }, 500, 'transient'],
    [{ token: 'at-2' }, 200, 'ambiguous'],
    [{ access_token: '' }, 200, 'ambiguous'],
    [{ access_token: 7 }, 200, 'ambiguous'],
  ])('takes %j with %d as %s', async (body, status, kind) => {
    answering(body, status);
    await expect(refresh()).rejects.toMatchObject({ failure: { kind } });
  });

  it('gives a usable credential or a failure, whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom('access_token', 'expires_in', 'refresh_token'), fc.jsonValue()),
        async (body) => {
          answering(body);
          const renewed = await refresh().catch(() => null);
          if (renewed === null) return;
          expect(renewed.secret).not.toBe('');
          expect(renewed.expiresAt === null || Number.isFinite(renewed.expiresAt)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });
});
