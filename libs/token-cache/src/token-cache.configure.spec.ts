import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { FakeTokenSource } from '../testing/index.js';
import { TokenCache } from './token-cache.js';

describe('TokenCache.configure', () => {
  let clock: ManualClock;
  let source: FakeTokenSource;
  let cache: TokenCache;
  beforeEach(() => {
    clock = new ManualClock();
    source = new FakeTokenSource();
    cache = new TokenCache(source, { ttlMs: 30_000 }, clock);
  });
  afterEach(() => {
    cache.onModuleDestroy();
    expect(clock.pendingTimers).toBe(0);
  });

  it('counts at once, with one timer as before', async () => {
    await cache.onModuleInit();
    cache.configure({ ttlMs: 100 });
    await clock.advance(300);
    expect([source.loads, clock.pendingTimers]).toEqual([4, 1]);
    cache.configure({ ttlMs: 30_000 });
    await clock.advance(29_999);
    expect(source.loads).toBe(4);
    expect(cache.health().stale).toBe(false);
  });

  it('waits for a refresh that is under way', async () => {
    await cache.onModuleInit();
    source.holding = true;
    await clock.advance(30_000);
    cache.configure({ ttlMs: 100 });
    expect(clock.pendingTimers).toBe(0);
    source.holding = false;
    source.answerOldest();
    await clock.advance(100);
    expect([source.loads, clock.pendingTimers]).toEqual([3, 1]);
  });

  it('may come before the start', async () => {
    cache.configure({ ttlMs: 100 });
    expect(clock.pendingTimers).toBe(0);
    await cache.onModuleInit();
    await clock.advance(100);
    expect(source.loads).toBe(2);
  });

  it('sets no timer after the end', async () => {
    await cache.onModuleInit();
    cache.onModuleDestroy();
    cache.configure({ ttlMs: 100 });
    expect(clock.pendingTimers).toBe(0);
  });

  it('refuses what is out of bounds, and goes on as before', async () => {
    await cache.onModuleInit();
    expect(() => {
      cache.configure({ ttlMs: 0 });
    }).toThrow(new RangeError('ttlMs must be an integer >= 1, got 0'));
    await clock.advance(30_000);
    expect(source.loads).toBe(2);
  });
});
