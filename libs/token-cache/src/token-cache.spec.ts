import { Logger } from '@nestjs/common';
import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { aToken, FakeTokenSource } from '../testing/index.js';
import { TokenCache } from './token-cache.js';

const TTL_MS = 30_000;

describe('TokenCache', () => {
  let clock: ManualClock;
  let source: FakeTokenSource;
  let cache: TokenCache;
  beforeEach(() => {
    clock = new ManualClock();
    source = new FakeTokenSource([aToken({ id: 'on' }), aToken({ id: 'off', enabled: false })]);
    cache = new TokenCache(source, { ttlMs: TTL_MS }, clock);
  });
  afterEach(() => {
    cache.onModuleDestroy();
    expect(clock.pendingTimers).toBe(0);
    vi.restoreAllMocks();
  });

  describe('start', () => {
    it('loads every token', async () => {
      await cache.onModuleInit();
      const snapshot = cache.snapshot();
      expect([...snapshot.tokens.keys()]).toEqual(['on', 'off']);
      expect(snapshot.active.map(({ id }) => id)).toEqual(['on']);
      expect(snapshot.ofProvider('acme').map(({ id }) => id)).toEqual(['on', 'off']);
      expect(snapshot.ofProvider('unknown')).toEqual([]);
      expect(snapshot.loadedAt).toBe(clock.now());
      expect(cache.get('off')?.enabled).toBe(false);
    });

    it('fails with a clear error when the source does', async () => {
      source.failure = new Error('database is locked');
      await expect(cache.onModuleInit()).rejects.toMatchObject({
        code: 'token_load_failed',
        category: 'unavailable',
        message: 'The tokens could not be loaded: database is locked',
        cause: source.failure,
      });
      expect(clock.pendingTimers).toBe(0);
    });

    it('fails in the same way when the source gives no list', async () => {
      vi.spyOn(source, 'loadAll').mockImplementation(() => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- What a source of somebody else's may throw.
        throw 'gone';
      });
      await expect(cache.refresh()).rejects.toMatchObject({
        message: 'The tokens could not be loaded: gone',
      });
    });

    it('is not taken for an empty pool before the first load', () => {
      expect(() => cache.snapshot()).toThrow(expect.objectContaining({ code: 'tokens_not_loaded' }));
      expect(cache.get('on')).toBeUndefined();
      expect(cache.health()).toEqual({ ageMs: null, stale: true, lastError: null });
    });
  });

  describe('background refresh', () => {
    it('happens once in each TTL', async () => {
      await cache.onModuleInit();
      source.save(aToken({ id: 'new' }));
      await clock.advance(TTL_MS - 1);
      expect(cache.get('new')).toBeUndefined();
      await clock.advance(1);
      expect(cache.get('new')).toBeDefined();
      await clock.advance(3 * TTL_MS);
      expect(source.loads).toBe(5);
      expect(clock.pendingTimers).toBe(1);
    });

    it('serves the old tokens when it fails, says so, and recovers', async () => {
      const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
      await cache.onModuleInit();
      source.failure = new Error('disk on fire');
      await clock.advance(TTL_MS);
      expect(cache.get('on')).toBeDefined();
      expect(cache.health()).toEqual({
        ageMs: TTL_MS,
        stale: true,
        lastError: 'The tokens could not be loaded: disk on fire',
      });
      expect(warn).toHaveBeenCalledOnce();
      expect(warn.mock.lastCall?.[0]).toContain('disk on fire');
      source.failure = null;
      await clock.advance(TTL_MS);
      expect(cache.health()).toEqual({ ageMs: 0, stale: false, lastError: null });
    });

    it('is late when the source does not answer', async () => {
      await cache.onModuleInit();
      source.holding = true;
      await clock.advance(2 * TTL_MS);
      expect(cache.health()).toMatchObject({ stale: false });
      await clock.advance(1);
      expect(cache.health()).toEqual({ ageMs: 2 * TTL_MS + 1, stale: true, lastError: null });
      source.answerOldest();
      await clock.advance(0);
      expect(cache.health()).toMatchObject({ ageMs: TTL_MS + 1, stale: false });
    });

    it('ends at shutdown, also when a load is under way', async () => {
      const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
      await cache.onModuleInit();
      source.holding = true;
      await clock.advance(TTL_MS);
      cache.onModuleDestroy();
      source.failure = new Error('closed');
      source.answerOldest();
      await clock.advance(10 * TTL_MS);
      expect(source.loads).toBe(2);
      expect(warn).not.toHaveBeenCalled();
    });
  });

  it('counts the age from before the query, on a clock that does not jump', async () => {
    source.holding = true;
    const began = clock.now();
    const loading = cache.refresh();
    await clock.advance(700);
    source.answerOldest();
    await loading;
    clock.jump(-60_000);
    expect(cache.snapshot()).toMatchObject({ ageMs: 700, loadedAt: began });
  });

  it('joins refreshes that overlap', async () => {
    source.holding = true;
    const both = [cache.refresh(), cache.refresh()];
    source.answerOldest();
    await Promise.all(both);
    expect(source.loads).toBe(1);
  });

  it('keeps puts and removals that happen while a refresh is under way', async () => {
    await cache.onModuleInit();
    source.holding = true;
    const refresh = cache.refresh();
    cache.put(aToken({ id: 'off', enabled: true, version: 2 }));
    cache.put(aToken({ id: 'new' }));
    cache.remove('on');
    source.answerOldest();
    await refresh;
    expect([...cache.snapshot().tokens.keys()].sort()).toEqual(['new', 'off']);
    expect(cache.get('off')?.enabled).toBe(true);
  });

  describe('onChange', () => {
    let heard: string[];
    beforeEach(async () => {
      await cache.refresh();
      heard = [];
      cache.onChange((id) => heard.push(id));
    });

    it('tells which token changed, once the change can be read', () => {
      cache.onChange((id) => {
        expect(cache.get(id)?.version).toBe(2);
      });
      cache.put(aToken({ id: 'on', version: 2 }));
      expect(heard).toEqual(['on']);
      expect.assertions(2);
    });

    it('tells of removals', () => {
      cache.remove('on');
      expect(heard).toEqual(['on']);
    });

    it('tells nothing when nothing changed', async () => {
      cache.put(aToken({ id: 'on', version: 0 }));
      cache.remove('unknown');
      await cache.refresh();
      expect(heard).toEqual([]);
    });

    it('tells what a refresh found changed, added and gone', async () => {
      source.save(aToken({ id: 'on', version: 2 }));
      source.save(aToken({ id: 'new' }));
      source.delete('off');
      await cache.refresh();
      expect(heard).toEqual(['on', 'new', 'off']);
    });

    it('stops when told to', () => {
      const later: string[] = [];
      const stop = cache.onChange((id) => later.push(id));
      stop();
      cache.remove('on');
      expect(later).toEqual([]);
    });

    it('does not let one listener’s failure reach the writer or the other listeners', () => {
      const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
      cache.onChange(() => {
        throw new Error('broken listener');
      });
      cache.onChange((id) => heard.push(`after ${id}`));
      cache.remove('on');
      expect(heard).toEqual(['on', 'after on']);
      expect(error).toHaveBeenCalledOnce();
    });
  });
});
