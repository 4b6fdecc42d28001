import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';

import { startBatchWorld, type BatchWorld, type ScriptedItem } from '../testing/index.js';
import { failed } from './outcome.js';

const script: fc.Arbitrary<ScriptedItem> = fc.record(
  {
    tookMs: fc.integer({ min: 0, max: 2_000 }),
    throws: fc.integer({ min: 0, max: 3 }),
    outcome: fc.constant(failed('refused')),
    key: fc.constantFrom('a', 'b', 'c', null),
  },
  { requiredKeys: [] },
);
const batch = fc.record({
  items: fc.array(script, { maxLength: 25 }),
  wish: fc.record({
    concurrency: fc.integer({ min: 1, max: 4 }),
    intervalMs: fc.integer({ min: 50, max: 400 }),
    retries: fc.integer({ min: 0, max: 2 }),
    timeoutMs: fc.integer({ min: 1, max: 5_000 }),
    onError: fc.constantFrom('continue' as const, 'stop' as const),
  }),
  startedAfterMs: fc.integer({ min: 0, max: 2_000 }),
  cancelledAfterMs: fc.option(fc.integer({ min: 0, max: 5_000 })),
});
const LIMITS = { concurrency: 4, intervalMs: 50 };

beforeAll(() => {
  Logger.overrideLogger(false);
});

it('keeps its limits, and gives every item one result, whatever happens', async () => {
  const plan = fc.record({
    batches: fc.array(batch, { minLength: 1, maxLength: 3 }),
    killedAfterMs: fc.nat(6_000),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ batches, killedAfterMs }) => {
      const first = await startBatchWorld({ traits: { ...LIMITS, idempotent: true }, pageSize: 3 });
      const ids: string[] = [];
      for (const { items, wish, startedAfterMs, cancelledAfterMs } of batches) {
        await first.clock.advance(startedAfterMs);
        const { id } = await first.create(items, wish);
        ids.push(id);
        if (cancelledAfterMs === null) continue;
        await first.clock.advance(cancelledAfterMs);
        await first.runner.cancel(id).catch(() => undefined);
      }
      await first.clock.advance(killedAfterMs);
      const down = first.runner.beforeApplicationShutdown();
      await first.clock.advance(20_000);
      await down;
      expectLimits(first);
      const second = await startBatchWorld({ store: first.store, traits: { ...LIMITS, idempotent: true } });
      await second.clock.advance(600_000);
      expectLimits(second);
      for (const [index, id] of ids.entries())
        await expectEnded(second, id, batches[index]?.items.length ?? 0);
      expect(second.clock.pendingTimers).toBe(0);
    }),
    { numRuns: 60 },
  );
}, 60_000);

function expectLimits({ operation }: BatchWorld): void {
  expect(operation.maxAtOnce).toBeLessThanOrEqual(LIMITS.concurrency);
  expect(operation.clashes).toEqual([]);
  const at = operation.starts.map((start) => start.at);
  for (const [index, start] of at.entries())
    expect(start - (at[index - 1] ?? -Infinity)).toBeGreaterThanOrEqual(LIMITS.intervalMs);
}

async function expectEnded(world: BatchWorld, id: string, items: number): Promise<void> {
  const [pending, running] = await world.counts(id);
  expect([pending, running, await world.state(id)]).toEqual([0, 0, expect.not.stringMatching('running')]);
  const results = await world.store.results(id, 0, 1_000);
  expect(new Set(results.map(({ position }) => position)).size).toBe(items);
  expect(new Set(results.map(({ sequence }) => sequence)).size).toBe(items);
}

it('keeps the places and the pace that one batch was given', async () => {
  await fc.assert(
    fc.asyncProperty(batch, async ({ items, wish }) => {
      const world = await startBatchWorld({ traits: { concurrency: 4 } });
      await world.create(items, wish);
      await world.clock.advance(600_000);
      const at = world.operation.starts.map((start) => start.at);
      expect(world.operation.maxAtOnce).toBeLessThanOrEqual(wish.concurrency);
      for (const [index, start] of at.entries())
        expect(start - (at[index - 1] ?? -Infinity)).toBeGreaterThanOrEqual(wish.intervalMs);
    }),
    { numRuns: 60 },
  );
}, 60_000);
