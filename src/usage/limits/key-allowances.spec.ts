import fc from 'fast-check';
import { PooledSqliteDataSource } from 'penstock/database';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ApiKey } from '../../auth/api-key.entity.js';
import { KeyLimitChanges, type KeyLimits } from '../../auth/index.js';
import { Generation } from '../../generations/generation.entity.js';
import { aRequest } from '../../generations/testing/a-request.js';
import { NOON, USAGE_SCHEMA, UsageWorld } from '../testing/usage-world.js';
import { KeyAllowances } from './key-allowances.js';

const NONE: KeyLimits = { perMinute: null, perDay: null, concurrent: null };
const KEY = 'key_1';

/** A process that holds keys to their limits. */
async function start(source: PooledSqliteDataSource, now = NOON) {
  const world = new UsageWorld(source);
  world.clock.jump(now - NOON);
  const changes = new KeyLimitChanges();
  const { recorders, events, pool, clock } = world;
  const allowances = new KeyAllowances(recorders, events, changes, pool, clock);
  await allowances.onModuleInit();
  await world.store.restore();
  return { world, changes, allowances };
}

type Process = Awaited<ReturnType<typeof start>>;

async function limit({ world, changes }: Process, limits: Partial<KeyLimits> | null): Promise<void> {
  const all = limits === null ? null : { ...NONE, ...limits };
  const row = { id: KEY, label: 'a', hash: KEY, prefix: 'psk', scopes: [], createdAt: 1, lastUsedAt: null };
  await world.pool.write((manager) => manager.save(ApiKey, { ...row, limits: all }));
  await changes.tell(KEY);
}

const STEPS = ['ask', 'ask', 'complete', 'fail', 'cancel', 'cancelSent', 'pass', 'delete'] as const;

/** Lets something happen to the key, or to its oldest generation that has not ended. */
async function carryOut(step: (typeof STEPS)[number], world: UsageWorld): Promise<void> {
  if (step === 'ask') {
    await world.asked().catch(() => null);
    return;
  }
  if (step === 'pass') return world.clock.advance(70_000);
  const [open] = world.store.liveOnes();
  if (open === undefined) return;
  if (step !== 'fail' && step !== 'cancel') await world.accepted(open.id);
  const cancelled = step === 'cancel' || step === 'cancelSent';
  if (step === 'fail') await world.ended(open.id, 'failed');
  else await world.ended(open.id, cancelled ? 'cancelled' : 'completed');
  if (step !== 'delete') return;
  // What a client deletes stays used.
  await world.clock.advance(61_000);
  await world.store.remove(open.id, world.clock.now());
}

describe('KeyAllowances', () => {
  let source: PooledSqliteDataSource;
  let process: Process;
  beforeEach(async () => {
    source = await new PooledSqliteDataSource({ path: ':memory:', ...USAGE_SCHEMA }).initialize();
    process = await start(source);
  });
  afterEach(() => source.destroy());

  const asked = (by = process): Promise<Generation> => by.world.asked();
  const stored = (): Promise<number> => source.getRepository(Generation).count();
  const codes = async (calls: readonly Promise<Generation>[]): Promise<readonly unknown[]> =>
    (await Promise.allSettled(calls)).map((call) =>
      call.status === 'fulfilled' ? 'made' : (call.reason as { readonly code?: string }).code,
    );

  it('lets through exactly as many as are free, of many that ask at once; a refusal leaves nothing', async () => {
    await limit(process, { concurrent: 5 });
    const answers = await codes(Array.from({ length: 30 }, () => asked()));
    expect(answers.filter((each) => each === 'made')).toHaveLength(5);
    expect(answers.filter((each) => each === 'concurrency_limit_exceeded')).toHaveLength(25);
    expect(await stored()).toBe(5);
    expect(await codes([process.world.asked('key_2')])).toEqual(['made']);
  });

  it('gives a place back when a generation ends, and a day for what failed', async () => {
    await limit(process, { concurrent: 2, perDay: 3 });
    const [one, two] = [await asked(), await asked()];
    expect(await codes([asked()])).toEqual(['concurrency_limit_exceeded']);
    await process.world.ended(one.id, 'completed');
    await process.world.ended(two.id, 'failed');
    const [three, four] = [await asked(), await asked()];
    expect(await codes([asked()])).toEqual(['daily_limit_exceeded']);
    await process.world.ended(three.id, 'cancelled');
    const five = await asked();
    await process.world.accepted(four.id);
    await process.world.ended(four.id, 'cancelled');
    await process.world.ended(five.id, 'completed');
    expect(await codes([asked()])).toEqual(['daily_limit_exceeded']);
    expect(process.allowances.standingOf(KEY)).toMatchObject({
      day: { limit: 3, remaining: 0 },
      concurrent: { limit: 2, remaining: 2 },
    });
    await process.world.clock.advance(12 * 3_600_000);
    expect(await codes([asked()])).toEqual(['made']);
  });

  it('does not count what could not be stored', async () => {
    await limit(process, { perMinute: 3, perDay: 3, concurrent: 3 });
    const generation = process.world.factory.create({ ...aRequest(), idempotencyKey: 'once' }, KEY);
    await process.world.store.insert(generation);
    for (let repeat = 0; repeat < 5; repeat += 1) {
      const again = process.world.factory.create({ ...aRequest(), idempotencyKey: 'once' }, KEY);
      await expect(process.world.store.insert(again)).rejects.toThrow(/UNIQUE/);
    }
    expect(process.allowances.standingOf(KEY)).toMatchObject({
      minute: { remaining: 2 },
      day: { remaining: 2 },
      concurrent: { remaining: 2 },
    });
  });

  it('counts from the moment a limit is set, also what was on its way then, and stops when it is taken away', async () => {
    await asked();
    const onTheirWay = Array.from({ length: 4 }, () => asked());
    const set = limit(process, { concurrent: 6 });
    await Promise.all([...onTheirWay, set]);
    expect(process.allowances.standingOf(KEY)?.concurrent).toMatchObject({ remaining: 1 });
    expect(await codes([asked(), asked()])).toEqual(['made', 'concurrency_limit_exceeded']);
    await limit(process, { concurrent: 7 });
    expect(process.allowances.standingOf(KEY)?.concurrent).toMatchObject({ remaining: 1 });
    await limit(process, null);
    expect(process.allowances.standingOf(KEY)).toBeUndefined();
    expect(await codes([asked(), asked()])).toEqual(['made', 'made']);
  });

  it('stands the same after a restart, whatever happened before', async () => {
    const steps = fc.array(fc.constantFrom(...STEPS), { minLength: 5, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const own = await new PooledSqliteDataSource({ path: ':memory:', ...USAGE_SCHEMA }).initialize();
        const first = await start(own);
        const { world } = first;
        await limit(first, { perMinute: 8, perDay: 12, concurrent: 6 });
        for (const step of all) await carryOut(step, world);
        const before = first.allowances.standingOf(KEY);
        const again = await start(own, world.clock.now());
        await own.destroy();
        expect(before?.concurrent?.remaining).toBeGreaterThanOrEqual(0);
        expect(again.allowances.standingOf(KEY)).toEqual(before);
      }),
      { numRuns: 25 },
    );
  });
});
