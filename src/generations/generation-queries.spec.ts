import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { GenerationQuery } from './generation-queries.js';
import type { GenerationStatus } from './generation-status.js';
import type { Generation } from './generation.entity.js';
import { aRequest } from './testing/a-request.js';
import { TestEngine } from './testing/test-engine.js';
import { TestWorld } from './testing/test-world.js';

const ALL: GenerationQuery = { ownerId: null, order: 'asc', limit: 100, after: null };

describe('GenerationQueries', () => {
  let world: TestWorld;
  let engine: TestEngine;
  let all: Generation[];

  beforeEach(async () => {
    world = await TestWorld.create();
    engine = new TestEngine(world);
    all = [];
    for (let n = 0; n < 12; n += 1) {
      const request = aRequest({
        model: n % 2 === 0 ? 'sora-2' : 'other',
        kind: n % 3 === 0 ? 'image' : 'video',
      });
      const generation = engine.factory.create(request, n % 4 === 0 ? 'key_2' : 'key_1');
      await engine.store.insert(generation);
      all.push(generation);
      if (n % 3 === 2) await world.clock.advance(5);
    }
    all.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  });
  afterEach(() => world.end());

  const ids = (rows: readonly Generation[]): string[] => rows.map(({ id }) => id);

  it.each([1, 2, 5, 11, 12, 50])('visits every row once in pages of %i, in both orders', async (limit) => {
    for (const order of ['asc', 'desc'] as const) {
      const seen: Generation[] = [];
      for (;;) {
        const page = await engine.queries.page({ ...ALL, order, limit, after: seen.at(-1) ?? null });
        seen.push(...page);
        if (page.length < limit) break;
      }
      expect(ids(seen)).toEqual(ids(order === 'asc' ? all : [...all].reverse()));
    }
  });

  it('finds by what is asked', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record(
          {
            ownerId: fc.constantFrom(null, 'key_1', 'key_2'),
            kind: fc.constantFrom('video', 'image'),
            model: fc.constantFrom('sora-2', 'other'),
            statuses: fc.constantFrom<GenerationStatus[]>(['queued'], ['failed'], ['failed', 'queued']),
          },
          { requiredKeys: ['ownerId'] },
        ),
        async (filter) => {
          const expected = all.filter(
            (row) =>
              (filter.ownerId === null || row.ownerId === filter.ownerId) &&
              row.kind === (filter.kind ?? row.kind) &&
              row.model === (filter.model ?? row.model) &&
              (filter.statuses ?? ['queued']).includes('queued'),
          );
          const query = { ...ALL, ...filter };
          expect(ids(await engine.queries.page(query))).toEqual(ids(expected));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('shows of what runs here the state in memory', async () => {
    const [first] = all;
    const [shown] = await engine.queries.page({ ...ALL, limit: 1 });
    expect(shown).toBe(engine.store.live(first?.id ?? ''));
  });
});
