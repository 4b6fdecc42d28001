import { aBalancer, aLeaseRequest } from 'penstock/balancer/testing';
import { TokenCache } from 'penstock/token-cache';
import { beforeEach, describe, expect, it } from 'vitest';

import { startRenewableApp, type RenewableApp } from '../testing/renewable-app.js';
import { TokenHealth } from '../token-health.js';
import { ExpiryWatch } from './expiry-watch.js';
import { TokenQuotas } from './token-quotas.js';

const HOUR = 3_600_000;
const LONGEST_CALL_MS = 30_000;

describe('a pool whose upstream keeps silent about tokens', () => {
  let app: RenewableApp;
  beforeEach(async () => {
    app = await startRenewableApp();
  });

  /** The tokens that one request after another gets, each with one generation at a time. */
  const served = async (): Promise<string[]> => {
    const { clock } = app.test;
    const balancer = aBalancer({ cache: app.test.app.get(TokenCache), clock });
    const ids: string[] = [];
    for (let request = 1; ; request += 1) {
      const acquisition = await balancer.acquire(aLeaseRequest({ holder: `gen_${String(request)}` }));
      if (acquisition.outcome !== 'acquired') return ids.sort();
      ids.push(acquisition.lease.tokenId);
    }
  };
  const add = async (name: string, expiresInMs: number): Promise<string> => {
    const expiresAt = new Date(app.test.clock.now() + expiresInMs).toISOString();
    const secrets = { secret: `at-${name}`, refreshSecret: `rt-${name}` };
    return (await app.add({ label: name, limits: { video: 1 }, expiresAt, ...secrets })).id;
  };

  it('serves with every token while a renewal hangs, and renews when it answers again', async () => {
    const ids = [await add('soon', HOUR), await add('later', 100 * HOUR)].sort();
    app.upstream.on('POST /oauth/token', { fault: 'hang' });
    const watch = app.test.app.get(ExpiryWatch);
    const look = watch.look();
    await expect.poll(() => app.upstream.hanging).toBe(1);
    expect(await served()).toEqual(ids);
    await app.test.clock.advance(LONGEST_CALL_MS);
    await look;
    expect(await served()).toEqual(ids);
    app.upstream.on('POST /oauth/token', { json: { access_token: 'at-new', expires_in: 48 * 3_600 } });
    await app.test.clock.advance(HOUR / 2);
    await watch.look();
    await app.test.clock.advance(HOUR);
    expect(await served()).toEqual(ids);
  });

  it('leaves a token out once it has expired without a renewal, and takes it back with one', async () => {
    const [soon, later] = [await add('soon', HOUR), await add('later', 100 * HOUR)];
    await app.test.clock.advance(HOUR);
    expect(await served()).toEqual([later]);
    app.upstream.on('POST /oauth/token', { json: { access_token: 'at-new', expires_in: 48 * 3_600 } });
    await app.test.app.get(ExpiryWatch).look();
    expect(await served()).toEqual([soon, later].sort());
  });

  it.each([{ fault: 'hang' as const }, { status: 500, json: {} }, { status: 200, text: 'no quota' }])(
    'serves on with a token whose quota is asked for in vain: %j',
    async (answer) => {
      const id = await add('soon', 100 * HOUR);
      app.upstream.on('GET /quota', answer);
      app.test.app.get(TokenHealth).finished(id, 'completed');
      const look = app.test.app.get(TokenQuotas).look();
      await expect.poll(() => app.upstream.received('GET /quota')).toHaveLength(1);
      expect(await served()).toEqual([id]);
      await app.test.clock.advance(LONGEST_CALL_MS);
      await look;
      expect(await served()).toEqual([id]);
      expect(app.test.logged.join('\n')).toContain('The quota of a token could not be read');
    },
  );
});
