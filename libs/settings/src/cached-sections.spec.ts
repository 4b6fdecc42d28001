import { Logger } from '@nestjs/common';
import { createCache, type Cache } from 'cache-manager';
import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { FakeSettingsStore } from '../testing/index.js';
import { CachedSections } from './cached-sections.js';

const TTL_MS = 1_000;

describe('CachedSections', () => {
  let store: FakeSettingsStore;
  let clock: ManualClock;
  let shared: Cache['stores'];
  let sections: CachedSections;
  const ofAnotherProcess = (): CachedSections =>
    new CachedSections(store, { cacheTtlMs: TTL_MS, cacheStores: shared }, clock);
  const versions = async (from = sections): Promise<readonly number[]> =>
    (await from.load()).map(({ version }) => version);

  beforeEach(() => {
    store = new FakeSettingsStore();
    store.put('mail', {});
    clock = new ManualClock();
    shared = createCache().stores;
    sections = ofAnotherProcess();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('asks the store once in the time to live, for all that share the cache', async () => {
    const other = ofAnotherProcess();
    expect([await versions(), await versions(), await versions(other)]).toEqual([[1], [1], [1]]);
    expect(store.loads).toBe(1);
    store.put('mail', {}, 2);
    await clock.advance(TTL_MS);
    expect([await versions(other), store.loads]).toEqual([[2], 2]);
  });

  it('asks the store once for reads at a time', async () => {
    store.holding = true;
    const reads = Promise.all([sections.load(), sections.load(), sections.load()]);
    await vi.waitFor(() => {
      expect(store.answerOldest()).toBe(true);
    });
    await reads;
    expect(store.loads).toBe(1);
  });

  it('forgets at a write, in every process', async () => {
    const other = ofAnotherProcess();
    await versions(other);
    store.put('mail', {}, 2);
    await sections.invalidate();
    expect(await versions(other)).toEqual([2]);
  });

  it('does not keep what was read before a write, nor join a read of before', async () => {
    store.holding = true;
    const early = versions();
    await vi.waitFor(() => {
      expect(store.loads).toBe(1);
    });
    store.put('mail', {}, 2);
    await sections.invalidate();
    store.holding = false;
    expect(await versions()).toEqual([2]);
    store.answerOldest();
    expect(await early).toEqual([1]);
    expect(await versions()).toEqual([2]);
  });

  it('works without the cache when that is away', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const away = () => Promise.reject(new Error('ECONNREFUSED'));
    for (const each of shared) Object.assign(each, { get: away, set: away, delete: away, disconnect: away });
    expect(await versions()).toEqual([1]);
    await sections.invalidate();
    await sections.onApplicationShutdown();
    expect(warn.mock.calls.every(([message]) => String(message).includes('ECONNREFUSED'))).toBe(true);
    expect(warn).toHaveBeenCalledTimes(3);
  });
});
