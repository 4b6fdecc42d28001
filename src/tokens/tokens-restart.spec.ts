import { TokenCache } from 'penstock/token-cache';
import { describe, expect, it } from 'vitest';

import { startApp } from '../../test/support/start-app.js';

import { BODY, TOKENS_APP } from './testing/tokens-app.js';
import { TokenHealth } from './token-health.js';
import { TokenSecrets } from './token-secrets.js';
import { tokenSchema } from './tokens.schemas.js';

describe('TokensModule after a restart', () => {
  it('still opens its secrets, and has counted what was counted before', async () => {
    const before = await startApp(TOKENS_APP);
    const { id } = tokenSchema.parse((await before.request('POST', '/admin/tokens', { body: BODY })).body);
    await before.app.get(TokenHealth).report(id, { kind: 'success' });
    await before.app.close();
    const after = await startApp({ ...TOKENS_APP, dataDir: before.dataDir });
    const token = after.app.get(TokenCache).get(id);
    expect(token && after.app.get(TokenSecrets).open(token)).toBe(BODY.secret);
    expect((await after.request('GET', `/admin/tokens/${id}`)).body).toMatchObject({
      counters: { submitted: 1 },
    });
    await after.close();
    await before.close();
  });

  it('says what to do when the key was changed, and uses no token without its proxy', async () => {
    const withKey = (key: string) => ({ ...TOKENS_APP, environment: { PENSTOCK_SECRET_KEY: key } });
    const before = await startApp(withKey(`old:${'ab'.repeat(32)}`));
    const body = { ...BODY, proxyUrl: 'http://u:p@proxy.test' };
    const { id } = tokenSchema.parse((await before.request('POST', '/admin/tokens', { body })).body);
    const after = await startApp({ ...withKey(`new:${'cd'.repeat(32)}`), dataDir: before.dataDir });
    expect(after.app.get(TokenCache).get(id)).toMatchObject({ enabled: false, proxyUrl: null });
    expect(await after.request('POST', `/admin/tokens/${id}/test`)).toMatchObject({
      status: 503,
      body: {
        error: {
          code: 'secret_key_unknown',
          message: expect.stringContaining('<new key>,old:<old key>') as string,
        },
      },
    });
    expect((await after.request('GET', `/admin/tokens/${id}`)).body).toMatchObject({
      proxyUrl: '(sealed with another key)',
    });
    await after.close();
    await before.close();
  });
});
