import { beforeEach, describe, expect, it } from 'vitest';

import { startRenewableApp, type RenewableApp } from '../testing/renewable-app.js';
import { TokenHealth } from '../token-health.js';
import { tokenSchema } from '../tokens.schemas.js';
import { TokenQuotas } from './token-quotas.js';

const SECOND = 1_000;

describe('TokenQuotas', () => {
  let app: RenewableApp;
  let id: string;
  let quotas: TokenQuotas;

  beforeEach(async () => {
    app = await startRenewableApp();
    ({ id } = await app.add());
    quotas = app.test.app.get(TokenQuotas);
  });

  const read = async () => tokenSchema.parse((await app.test.request('GET', `/admin/tokens/${id}`)).body);
  const finish = (): void => {
    app.test.app.get(TokenHealth).finished(id, 'completed');
  };
  const asked = (): number => app.upstream.received('GET /quota').length;
  const left = (remaining: number, resetsAt = app.test.clock.now() + 3_600 * SECOND): void => {
    app.upstream.on('GET /quota', { json: { remaining, resetsAt } });
  };

  it('reads the quota after a generation, and shows it', async () => {
    left(7);
    await quotas.look();
    expect([asked(), (await read()).quota]).toEqual([0, null]);
    finish();
    await quotas.look();
    expect((await read()).quota).toMatchObject({
      remaining: 7,
      resetsAt: new Date(app.test.clock.now() + 3_600 * SECOND).toISOString(),
    });
  });

  it('reads it once for many generations, and again after 30 s at the earliest', async () => {
    left(7);
    for (let n = 0; n < 20; n += 1) finish();
    await quotas.look();
    finish();
    await app.test.clock.advance(29 * SECOND);
    await quotas.look();
    expect(asked()).toBe(1);
    await app.test.clock.advance(SECOND);
    await quotas.look();
    expect(asked()).toBe(2);
    await app.test.clock.advance(60 * SECOND);
    await quotas.look();
    expect(asked()).toBe(2);
  });

  it('cools a token that has nothing left until its quota resets, then reads it anew', async () => {
    const resetsAt = app.test.clock.now() + 600 * SECOND;
    left(0, resetsAt);
    finish();
    await quotas.look();
    expect(await read()).toMatchObject({
      state: 'cooling',
      reason: 'Its quota is used up.',
      coolingUntil: new Date(resetsAt).toISOString(),
    });
    left(100);
    await app.test.clock.advance(599 * SECOND);
    await quotas.look();
    expect(asked()).toBe(1);
    await app.test.clock.advance(SECOND);
    await quotas.look();
    expect(await read()).toMatchObject({ state: 'ready', quota: { remaining: 100 } });
  });

  it('knows better than a refusal that did not say when the quota resets', async () => {
    const refused = (): Promise<void> =>
      app.test.app.get(TokenHealth).report(id, { kind: 'quota_exhausted', resetsAt: null });
    const resetsAt = app.test.clock.now() + 600 * SECOND;
    await refused();
    left(0, resetsAt);
    finish();
    await quotas.look();
    expect((await read()).coolingUntil).toBe(new Date(resetsAt).toISOString());
    await app.test.clock.advance(600 * SECOND);
    expect(await read()).toMatchObject({ state: 'ready' });
    await refused();
    left(5);
    finish();
    await quotas.look();
    expect(await read()).toMatchObject({ state: 'cooling', quota: { remaining: 5 } });
  });

  it('never asks twice at once about one token', async () => {
    app.upstream.on('GET /quota', { fault: 'hang' });
    finish();
    const first = quotas.look();
    await expect.poll(() => app.upstream.hanging).toBe(1);
    finish();
    await quotas.look();
    await app.test.clock.advance(30 * SECOND);
    await first;
    expect(asked()).toBe(1);
    left(3);
    await app.test.clock.advance(30 * SECOND);
    await quotas.look();
    expect((await read()).quota).toMatchObject({ remaining: 3 });
  });

  it('does a token no harm when the quota cannot be read', async () => {
    app.upstream.on('GET /quota', { status: 401, json: {} });
    finish();
    await quotas.look();
    expect(await read()).toMatchObject({ state: 'ready', quota: null });
    expect(app.test.logged.join('\n')).toContain('The quota of a token could not be read');
  });

  it('passes over a token that was deleted meanwhile, and one whose provider does not tell', async () => {
    finish();
    await app.test.request('DELETE', `/admin/tokens/${id}`);
    ({ id } = await app.add({ provider: 'plain', secret: 'another-secret' }));
    finish();
    await quotas.look();
    expect(asked()).toBe(0);
    expect(app.test.logged.join('\n')).not.toContain('quota');
  });
});
