import { ManualClock } from 'penstock/kernel/testing';
import type { PooledToken } from 'penstock/token-cache';
import { aToken, loadedTokenCache } from 'penstock/token-cache/testing';
import { expect, it } from 'vitest';

import { aBalancer, aLeaseRequest } from '../testing/index.js';
import { AdmissionQueue } from './admission/admission-queue.js';
import { EdgeView } from './ports/edge-view.js';

class Edges extends EdgeView {
  readonly shut = new Map<string, number>();
  readonly listeners = new Set<(concerns: (token: PooledToken) => boolean) => void>();

  override challengedUntil({ baseUrl }: PooledToken): number | null {
    return this.shut.get(baseUrl ?? '') ?? null;
  }

  override onChange(listener: (concerns: (token: PooledToken) => boolean) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  set(baseUrl: string, until: number | null): void {
    if (until === null) this.shut.delete(baseUrl);
    else this.shut.set(baseUrl, until);
    for (const listener of this.listeners) listener((token) => token.baseUrl === baseUrl);
  }
}

it('tokens behind a challenging edge wait, those of other origins serve, and all is well when it is clear', async () => {
  const clock = new ManualClock();
  const tokens = [
    aToken({ id: 'a', baseUrl: 'http://a.test' }),
    aToken({ id: 'b', baseUrl: 'http://b.test', limits: { video: 1 } }),
  ];
  const cache = await loadedTokenCache(clock, tokens);
  const edges = new Edges();
  const balancer = aBalancer({ cache, clock, edges });
  const queue = new AdmissionQueue(balancer, {}, clock);
  const request = aLeaseRequest();

  edges.set('http://a.test', clock.now() + 5_000);
  const onB = await queue.enter({ ...request, holder: '1' }).lease;
  expect(onB.tokenId).toBe('b');
  const waiting = queue.enter({ ...request, holder: '2' });
  expect(
    balancer
      .explain(request)
      .map(({ verdict }) => verdict)
      .sort(),
  ).toEqual(['busy', 'edge_challenged']);

  // Time alone does not open it: the probe may still be under way.
  await clock.advance(60_000);
  expect(waiting.position()).toBe(1);
  expect(balancer.isServable(request)).toBe(true);

  edges.set('http://a.test', null);
  expect((await waiting.lease).tokenId).toBe('a');

  // A token that is learnt while its edge challenges waits, too.
  edges.set('http://c.test', clock.now());
  cache.put(aToken({ id: 'c', baseUrl: 'http://c.test' }));
  edges.set('http://a.test', clock.now());
  const third = queue.enter({ ...request, holder: '3' });
  await clock.advance(10);
  expect(third.position()).toBe(1);
  edges.set('http://c.test', null);
  expect((await third.lease).tokenId).toBe('c');

  await queue.onModuleDestroy();
  balancer.onModuleDestroy();
  expect(edges.listeners.size).toBe(0);
});
