import fc from 'fast-check';
import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { aToken, FakeTokenSource } from '../testing/index.js';
import type { PooledToken } from './pooled-token.js';
import { TokenCache } from './token-cache.js';
import type { TokenMark } from './token-marks.js';

const OFF: TokenMark = () => ({ enabled: false, disabledReason: 'refused' });
const cooling =
  (until: number): TokenMark =>
  ({ coolingUntil }) =>
    coolingUntil !== null && coolingUntil >= until ? null : { coolingUntil: until };

/** A cache of these tokens, with what it told. */
async function cacheOf(...tokens: PooledToken[]) {
  const source = new FakeTokenSource(tokens);
  const cache = new TokenCache(source, {}, new ManualClock());
  await cache.refresh();
  const told: string[] = [];
  cache.onChange((id) => told.push(id));
  return { cache, source, told };
}

/** One token, its row, and the marks on it that have not ended. */
class World {
  #version = 1;
  #open: { readonly until: number; readonly end: () => void }[] = [];

  constructor(private readonly of: Awaited<ReturnType<typeof cacheOf>>) {}

  mark(until: number): void {
    if (!this.of.source.rows.has('a')) return;
    this.#open.push({ until, end: this.of.cache.mark('a', cooling(until)) });
  }

  end(at: number): void {
    this.#open.splice(at % Math.max(1, this.#open.length), 1)[0]?.end();
  }

  put(at: number): void {
    const token = aToken({ id: 'a', version: ++this.#version, coolingUntil: at % 2 === 0 ? at : null });
    this.of.source.save(token);
    this.of.cache.put(token);
  }

  remove(): void {
    this.of.source.delete('a');
    this.of.cache.remove('a');
    this.#open = [];
  }

  refresh(): Promise<void> {
    return this.of.cache.refresh();
  }

  check(): void {
    const row = this.of.source.rows.get('a');
    const until = Math.max(row?.coolingUntil ?? 0, ...this.#open.map((mark) => mark.until));
    expect(this.of.cache.get('a')).toEqual(row && { ...row, coolingUntil: until === 0 ? null : until });
  }
}

const step = fc.record({
  do: fc.constantFrom('mark' as const, 'end' as const, 'put' as const, 'remove' as const, 'refresh' as const),
  at: fc.integer({ min: 1, max: 9 }),
});

describe('TokenCache.mark', () => {
  it('shows at once what is not committed yet, tells it, and takes it back', async () => {
    const { cache, told } = await cacheOf(aToken({ id: 'a' }));
    const end = cache.mark('a', OFF);
    expect(cache.get('a')).toMatchObject({ enabled: false, disabledReason: 'refused', version: 1 });
    expect(cache.snapshot().active).toEqual([]);
    end();
    expect(cache.get('a')).toEqual(aToken({ id: 'a' }));
    expect(told).toEqual(['a', 'a']);
    end();
    expect(told).toHaveLength(2);
  });

  it('stays on what others put meanwhile, and on what a refresh brings', async () => {
    const { cache, source } = await cacheOf(aToken({ id: 'a' }));
    const end = cache.mark('a', OFF);
    cache.put(aToken({ id: 'a', version: 2, label: 'renamed' }));
    expect(cache.get('a')).toMatchObject({ enabled: false, label: 'renamed' });
    source.save(aToken({ id: 'a', version: 3 }));
    await cache.refresh();
    expect(cache.get('a')).toMatchObject({ enabled: false, version: 3 });
    end();
    expect(cache.get('a')).toMatchObject({ enabled: true, version: 3 });
  });

  it('ends only itself, also when the same mark is there twice', async () => {
    const { cache } = await cacheOf(aToken({ id: 'a' }));
    const first = cache.mark('a', OFF);
    const second = cache.mark('a', OFF);
    first();
    first();
    expect(cache.get('a')?.enabled).toBe(false);
    second();
    expect(cache.get('a')?.enabled).toBe(true);
  });

  it('leaves unknown and removed tokens unknown', async () => {
    const { cache, told } = await cacheOf(aToken({ id: 'a' }));
    cache.mark('none', OFF)();
    expect(told).toEqual([]);
    const end = cache.mark('a', OFF);
    cache.remove('a');
    end();
    expect(cache.get('a')).toBeUndefined();
  });

  it('always shows what was committed last with every mark that has not ended', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const world = new World(await cacheOf(aToken({ id: 'a' })));
        for (const { do: action, at } of steps) {
          await world[action](at);
          world.check();
        }
      }),
      { numRuns: 300 },
    );
  });
});
