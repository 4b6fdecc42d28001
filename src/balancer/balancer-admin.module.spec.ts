import { Global, Module } from '@nestjs/common';
import { Balancer, BalancerModule } from 'penstock/balancer';
import { ProviderPlugin } from 'penstock/plugin-api';
import { PluginHostModule } from 'penstock/plugin-host';
import { stubManifest, stubModel, StubProvider } from 'penstock/plugin-host/testing';
import { TokenCacheModule } from 'penstock/token-cache';
import { UpstreamModule } from 'penstock/upstream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startApp, type TestApp } from '../../test/support/start-app.js';
import { AuthModule, authMigrations } from '../auth/index.js';
import { ModelCatalog } from '../generations/model-catalog.js';
import { tokenMigrations, TokensModule, TokenStorageModule, type Token } from '../tokens/index.js';
import { BalancerAdminModule } from './balancer-admin.module.js';
import { explainedPageSchema, type ExplainedToken } from './explain.schemas.js';

@ProviderPlugin(stubManifest({ name: 'acme', models: [stubModel({ id: 'acme-1' })] }))
class AcmeProvider extends StubProvider {}

@ProviderPlugin(stubManifest({ name: 'other', models: [stubModel({ id: 'other-1' })] }))
class OtherProvider extends StubProvider {}

@Module({ providers: [AcmeProvider, OtherProvider] })
class ProvidersOfTest {}

@Global()
@Module({ imports: [PluginHostModule], providers: [ModelCatalog], exports: [ModelCatalog] })
class Models {}

describe('GET /admin/balancer/explain', () => {
  let test: TestApp;

  beforeEach(async () => {
    test = await startApp({
      imports: [
        TokenCacheModule.forRoot({ isGlobal: true, imports: [TokenStorageModule] }),
        BalancerModule.forRoot({ isGlobal: true, limits: { groups: { org: { limits: { video: 1 } } } } }),
        UpstreamModule.forRoot({ isGlobal: true }),
        ...[ProvidersOfTest, Models, AuthModule, TokensModule, BalancerAdminModule],
      ],
      migrations: [...authMigrations, ...tokenMigrations],
    });
  });
  afterEach(() => test.close());

  const add = async (label: string, changes: object = {}): Promise<string> => {
    const body = { provider: 'acme', label, secret: `secret of ${label}`.replaceAll(' ', '-'), ...changes };
    await test.clock.advance(1);
    const { body: token } = await test.request('POST', '/admin/tokens', { body });
    return (token as Token).id;
  };
  const explain = async (query: string): Promise<ExplainedToken[]> => {
    const { status, body } = await test.request('GET', `/admin/balancer/explain?${query}`);
    expect(status).toBe(200);
    return explainedPageSchema.parse(body).data;
  };

  it('has a verdict with a reason for every token, newest first', async () => {
    const busy = await add('busy', { limits: { video: 2 }, quotaGroup: 'unlimited' });
    const inGroup = await add('in group', { quotaGroup: 'org' });
    await add('also in group', { quotaGroup: 'org' });
    const off = await add('off');
    await add('expired', { expiresAt: '2020-01-01T00:00:00Z' });
    const limited = await add('limited', { requestsPerMinute: 1 });
    await add('elsewhere', { provider: 'other' });
    await add('ready');
    await test.request('POST', `/admin/tokens/${off}/disable`, { body: { reason: 'for repair' } });
    const balancer = test.app.get(Balancer);
    for (const [holder, id] of [
      ['1', busy],
      ['2', busy],
      ['3', inGroup],
      ['4', limited],
    ] as const) {
      await balancer.adopt(holder, id, 'video');
    }

    const found = await explain('model=acme-1&kind=video');
    expect(found.map(({ label, verdict }) => [label, verdict])).toEqual([
      ['ready', 'ready'],
      ['elsewhere', 'lacks_capability'],
      ['limited', 'rate_limited'],
      ['expired', 'expired'],
      ['off', 'disabled'],
      ['also in group', 'group_busy'],
      ['in group', 'group_busy'],
      ['busy', 'busy'],
    ]);
    const detailOf = (label: string): string | undefined =>
      found.find((each) => each.label === label)?.detail;
    expect(detailOf('busy')).toBe('busy 2/2');
    expect(detailOf('in group')).toBe('group org busy 1/1');
    expect(detailOf('elsewhere')).toBe('lacks capability: other has no video model acme-1');
    expect(detailOf('off')).toMatch(/^disabled by operator since \d{4}-.*Z: for repair$/);
    const { until } = found.find(({ label }) => label === 'limited') ?? missing();
    expect(Date.parse(until ?? '')).toBeGreaterThan(0);
  });

  it('comes in pages, of one provider if that is asked for', async () => {
    for (const label of ['1', '2', '3']) await add(label);
    await add('elsewhere', { provider: 'other' });
    const first = explainedPageSchema.parse(
      (await test.request('GET', '/admin/balancer/explain?model=acme-1&provider=acme&limit=2')).body,
    );
    expect(first.data.map(({ label }) => label)).toEqual(['3', '2']);
    const rest = await explain(`model=acme-1&provider=acme&limit=2&cursor=${String(first.nextCursor)}`);
    expect(rest.map(({ label }) => label)).toEqual(['1']);
  });

  it.each([
    ['', 400, 'missing_required_parameter', 'model'],
    ['model=acme-1&limit=0', 400, 'invalid_value', 'limit'],
    ['model=acme-1&cursor=x', 400, 'invalid_value', 'cursor'],
    ['model=acme-2', 404, 'model_not_found', 'model'],
    ['model=acme-1&kind=image', 404, 'model_not_found', 'model'],
  ])('refuses "%s"', async (query, status, code, param) => {
    const answer = await test.request('GET', `/admin/balancer/explain?${query}`);
    expect(answer).toMatchObject({ status, body: { error: { code, param } } });
  });

  it('is for admin keys', async () => {
    const answer = await test.request('GET', '/admin/balancer/explain?model=acme-1', { authorization: null });
    expect(answer.status).toBe(401);
  });
});

function missing(): never {
  throw new Error('It must be there.');
}
