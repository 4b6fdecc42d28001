import fc from 'fast-check';
import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { aToken, FakeTokenSource } from '../testing/index.js';
import { TokenCache } from './token-cache.js';

const MANY = 2_600;
const idOf = (index: number): string => `token-${index}`;
const step = fc.record({
  do: fc.constantFrom('put', 'delete', 'let others run'),
  of: fc.nat(MANY + 100),
});

/** Tokens enough for several breaks, of which every other one is changed by another process. */
const changedMeanwhile = async (): Promise<{ source: FakeTokenSource; cache: TokenCache }> => {
  const source = new FakeTokenSource();
  for (let index = 0; index < MANY; index++) source.save(aToken({ id: idOf(index) }));
  const cache = new TokenCache(source, {}, new ManualClock());
  await cache.refresh();
  for (let index = 0; index < MANY; index += 2) source.save(aToken({ id: idOf(index), version: 2 }));
  return { source, cache };
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('TokenLoad', () => {
  it('lets others have their turn while it takes over many tokens', async () => {
    const { cache } = await changedMeanwhile();
    let changes = 0;
    cache.onChange(() => {
      changes += 1;
    });
    const progress = { ended: false };
    const refreshing = cache.refresh().finally(() => {
      progress.ended = true;
    });
    const seen = new Set<number>();
    while (!progress.ended) {
      seen.add(changes);
      await turn();
    }
    await refreshing;
    expect(changes).toBe(MANY / 2);
    expect(seen.size).toBeGreaterThan(3);
  });

  it('drops nothing when the source fails midway, and keeps what came before that', async () => {
    const { source, cache } = await changedMeanwhile();
    const rows = [...source.rows.values()];
    source.loadAll = async function* () {
      yield rows.slice(0, 10);
      await turn();
      throw new Error('connection lost');
    };
    await expect(cache.refresh()).rejects.toMatchObject({ code: 'token_load_failed' });
    expect(cache.snapshot().tokens.size).toBe(MANY);
    expect([cache.get(idOf(0))?.version, cache.get(idOf(20))?.version]).toEqual([2, 1]);
  });

  it('undoes no put and no removal that happens in its breaks, wherever they fall', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, paged) => {
        const { source, cache } = await changedMeanwhile();
        if (paged) source.pageSize = 700;
        const refreshing = cache.refresh();
        let version = 10;
        for (const { do: action, of } of steps) {
          if (action === 'put') {
            const token = aToken({ id: idOf(of), version: ++version });
            source.save(token);
            cache.put(token);
          } else if (action === 'delete') {
            source.delete(idOf(of));
            cache.remove(idOf(of));
          } else {
            await turn();
          }
        }
        await refreshing;
        const { tokens } = cache.snapshot();
        expect(tokens.size).toBe(source.rows.size);
        for (const [id, row] of source.rows) expect(tokens.get(id)?.version).toBe(row.version);
      }),
      { numRuns: 30 },
    );
  });
});
