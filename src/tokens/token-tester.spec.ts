import { beforeEach, describe, expect, it } from 'vitest';

import { startRenewableApp, type RenewableApp } from './testing/renewable-app.js';
import { TokenHealth, type TokenOutcome } from './token-health.js';

const ERROR: TokenOutcome = { kind: 'transient', retryAfterMs: null };

describe('a token that errors turned off and a test turns on', () => {
  let app: RenewableApp;
  let id: string;

  beforeEach(async () => {
    app = await startRenewableApp();
    ({ id } = await app.add());
    app.upstream.on('GET /me', { json: {} });
    for (let n = 0; n < 3; n += 1) await report(ERROR);
    expect((await app.store.get(id)).enabled).toBe(false);
    await app.test.request('POST', `/admin/tokens/${id}/test`);
    expect(await app.store.get(id)).toMatchObject({ enabled: true, disabledBy: null });
  });

  const report = (outcome: TokenOutcome) => app.test.app.get(TokenHealth).report(id, outcome);

  it('is off again after one more error', async () => {
    await report(ERROR);
    expect(await app.store.get(id)).toMatchObject({ enabled: false, disabledBy: 'machine' });
  });

  it('is as good as any other after a success', async () => {
    await report({ kind: 'success' });
    await report(ERROR);
    await report(ERROR);
    expect(await app.store.get(id)).toMatchObject({ enabled: true, consecutiveErrors: 2 });
  });

  it('has a clean slate when a person turns it on', async () => {
    await app.test.request('POST', `/admin/tokens/${id}/enable`);
    expect((await app.store.get(id)).consecutiveErrors).toBe(0);
  });
});
