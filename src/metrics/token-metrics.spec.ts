import { AppMetrics } from 'penstock/metrics';
import { parseExposition } from 'penstock/metrics/testing';
import { ManualClock } from 'penstock/kernel/testing';
import { TokenCache } from 'penstock/token-cache';
import { aToken, FakeTokenSource } from 'penstock/token-cache/testing';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';

import { TokenIncidents } from '../tokens/token-incidents.js';
import { TokenMetrics } from './token-metrics.js';

function parts() {
  const clock = new ManualClock();
  const registry = new Registry();
  const cache = new TokenCache(new FakeTokenSource(), {}, clock);
  const incidents = new TokenIncidents();
  const metrics = new TokenMetrics(new AppMetrics(registry), cache, incidents, clock);
  return { clock, cache, incidents, metrics, scrape: async () => parseExposition(await registry.metrics()) };
}

it('counts tokens by provider and state, as they are at the scrape', async () => {
  const { clock, cache, scrape } = parts();
  cache.put(aToken({ id: 'a', coolingUntil: clock.now() + 5_000 }));
  cache.put(aToken({ id: 'b' }));
  const before = await scrape();
  expect(before.value('penstock_tokens', { provider: 'acme', state: 'ready' })).toBe(1);
  expect(before.value('penstock_tokens', { provider: 'acme', state: 'cooling' })).toBe(1);
  await clock.advance(5_000);
  cache.remove('b');
  const after = await scrape();
  expect(after.value('penstock_tokens', { state: 'ready' })).toBe(1);
  expect(after.value('penstock_tokens', { state: 'cooling' })).toBe(0);
  cache.remove('a');
  expect((await scrape()).samples.filter(({ name }) => name === 'penstock_tokens')).toEqual([]);
});

it('tells the age of the tokens in memory once there are any', async () => {
  const { clock, cache, scrape } = parts();
  await cache.refresh();
  await clock.advance(2_500);
  expect((await scrape()).value('penstock_token_cache_age_seconds')).toBe(2.5);
});

it('counts cooldowns and renewals, and each once however often it is read', async () => {
  const { incidents, scrape } = parts();
  incidents.cooled('acme', 'rate_limited');
  incidents.cooled('acme', 'rate_limited');
  incidents.cooled('zeta', 'transient');
  incidents.refreshed('acme', 'renewed');
  incidents.refreshed('acme', 'failed');
  await scrape();
  const shown = await scrape();
  expect(shown.value('penstock_token_cooldowns_total', { provider: 'acme', reason: 'rate_limited' })).toBe(2);
  expect(shown.value('penstock_token_cooldowns_total', { provider: 'zeta', reason: 'transient' })).toBe(1);
  expect(shown.value('penstock_token_refreshes_total', { provider: 'acme', outcome: 'renewed' })).toBe(1);
  expect(shown.value('penstock_token_refreshes_total', { provider: 'acme', outcome: 'failed' })).toBe(1);
});

it('has renewals of each provider from 0 on, so that the first that fails is an increase', async () => {
  const { cache, scrape } = parts();
  cache.put(aToken({ id: 'a' }));
  for (const outcome of ['renewed', 'failed'])
    expect((await scrape()).value('penstock_token_refreshes_total', { provider: 'acme', outcome })).toBe(0);
});
