import { AdmissionQueue, InMemoryLeaseStore } from 'penstock/balancer';
import { aBalancer, aLeaseRequest } from 'penstock/balancer/testing';
import { ManualClock } from 'penstock/kernel/testing';
import { AppMetrics } from 'penstock/metrics';
import { lintExposition, parseExposition } from 'penstock/metrics/testing';
import { aToken, loadedTokenCache } from 'penstock/token-cache/testing';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';

import { QueueMetrics } from './queue-metrics.js';

it('counts those who wait by priority, and tells how long the first of them has waited', async () => {
  const clock = new ManualClock();
  const cache = await loadedTokenCache(clock, [aToken({ limits: { video: 1 } })]);
  const store = new InMemoryLeaseStore(clock);
  const queue = new AdmissionQueue(aBalancer({ cache, store, clock }), {}, clock);
  const registry = new Registry();
  new QueueMetrics(new AppMetrics(registry), queue);
  const scrape = async () => parseExposition(await registry.metrics());
  const waiting = async () => {
    const found = await scrape();
    return ['low', 'normal', 'high'].map((priority) => found.value('penstock_queue_waiting', { priority }));
  };
  expect(await waiting()).toEqual([0, 0, 0]);
  for (const [holder, priority] of [
    ['served', 'normal'],
    ['first', 'low'],
    ['second', 'high'],
    ['third', 'low'],
  ] as const) {
    queue.enter(aLeaseRequest({ holder }), { priority });
    await clock.advance(1_000);
  }
  expect(await waiting()).toEqual([2, 0, 1]);
  const found = await scrape();
  expect(found.value('penstock_queue_oldest_wait_seconds')).toBe(3);
  expect(lintExposition(found)).toEqual([]);
  await queue.onModuleDestroy();
});
