import { Logger } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import fc from 'fast-check';
import { DatabasePool, PooledSqliteDataSource } from 'penstock/database';
import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ChangeRecorders } from './change-recorders.js';
import { GenerationEvents } from './generation-events.js';
import { GenerationStore } from './generation-store.js';
import { Generation } from './generation.entity.js';
import { GenerationFactory } from './generation.factory.js';
import { generationMigrations } from './migrations/index.js';
import { RetiredJob } from './retired-job.entity.js';
import { aRequest } from './testing/a-request.js';

/** Counts what is committed in groups, and refuses some. */
class CountingPool extends DatabasePool {
  transactions = 0;
  refusals = 0;

  override transaction: DatabasePool['transaction'] = (work, options) => {
    this.transactions += options?.grouped === true ? 1 : 0;
    if (this.refusals === 0) return super.transaction(work, options);
    this.refusals -= 1;
    return Promise.reject(new Error('full'));
  };
}

describe('ProgressWrites', () => {
  Logger.overrideLogger(false);
  let source: PooledSqliteDataSource;
  let clock: ManualClock;
  let pool: CountingPool;
  let events: GenerationEvents;
  let store: GenerationStore;

  beforeEach(async () => {
    source = await new PooledSqliteDataSource({
      path: ':memory:',
      entities: [Generation, RetiredJob],
      migrations: generationMigrations,
    }).initialize();
    clock = new ManualClock();
    pool = new CountingPool(source);
    events = new GenerationEvents(new EventEmitter2());
    store = new GenerationStore(pool, events, new ChangeRecorders(), clock);
  });
  afterEach(() => source.destroy());

  const running = async (): Promise<string> => {
    const generation = new GenerationFactory(clock).create(aRequest(), 'key_1');
    await store.insert(generation);
    await store.change(generation.id, { status: 'in_progress' }, { from: ['queued'] });
    return generation.id;
  };
  const rowOf = (id: string): Promise<Generation> => source.getRepository(Generation).findOneByOrFail({ id });

  it('writes what is said in one turn as one change each, in one transaction, and tells of it then', async () => {
    const ids = [await running(), await running(), await running()];
    const told: [string, number, number][] = [];
    events.subscribeOwner(null, ({ id, progress, serial }) => told.push([id, progress, serial]));
    pool.transactions = 0;
    for (const [index, id] of ids.entries()) store.progress.add(id, { progress: 10 + index, polls: 2 });
    expect(store.live(ids[0] ?? '')?.progress).toBe(0);
    await store.progress.flush();
    expect(pool.transactions).toBe(1);
    const rows = await Promise.all(ids.map(rowOf));
    expect(rows.map(({ progress, polls, revision }) => [progress, polls, revision])).toEqual([
      ...[
        [10, 2, 3],
        [11, 2, 3],
        [12, 2, 3],
      ],
    ]);
    expect(told).toEqual(rows.map(({ id, progress, serial }) => [id, progress, serial]));
    expect(told.map(([, , serial]) => serial)).toEqual(
      told.map(([, , serial]) => serial).sort((a, b) => a - b),
    );
    expect(ids.map((id) => store.live(id))).toEqual(rows);
    expect(store.serial).toBe(rows.at(-1)?.serial);
  });

  it('writes at once, then what comes within 100 ms together', async () => {
    const [first, second] = [await running(), await running()];
    store.progress.add(first, { progress: 1, polls: 1 });
    await expect.poll(async () => (await rowOf(first)).progress).toBe(1);
    pool.transactions = 0;
    store.progress.add(first, { progress: 2, polls: 2 });
    store.progress.add(second, { progress: 3, polls: 1 });
    store.progress.add(first, { progress: 4, polls: 3 });
    await clock.advance(99);
    expect(pool.transactions).toBe(0);
    await clock.advance(1);
    await expect
      .poll(async () => [(await rowOf(first)).progress, (await rowOf(second)).progress])
      .toEqual([4, 3]);
    expect(pool.transactions).toBe(1);
    expect(await rowOf(first)).toMatchObject({ polls: 3, revision: 4 });
  });

  it('changes nothing of what has ended, before it was written or meanwhile', async () => {
    const [before, meanwhile] = [await running(), await running()];
    store.progress.add(meanwhile, { progress: 50, polls: 1 });
    const ends = [before, meanwhile].map((id) =>
      store.change(id, { status: 'completed', progress: 100 }, { from: ['in_progress'] }),
    );
    await Promise.resolve();
    store.progress.add(before, { progress: 60, polls: 1 });
    await Promise.all(ends);
    await store.progress.flush();
    for (const id of [before, meanwhile]) {
      expect(await rowOf(id)).toMatchObject({ status: 'completed', progress: 100 });
      expect(store.live(id)).toBeUndefined();
    }
  });

  it('gives up what the database does not take, until it is told again', async () => {
    const id = await running();
    pool.refusals = 1;
    store.progress.add(id, { progress: 10, polls: 1 });
    await store.progress.flush();
    expect((await rowOf(id)).progress).toBe(0);
    store.progress.add(id, { progress: 10, polls: 2 });
    await store.beforeApplicationShutdown();
    expect(await rowOf(id)).toMatchObject({ progress: 10, polls: 2, revision: 3 });
  });

  it('writes more than a thousand in several statements', async () => {
    const id = await running();
    pool.transactions = 0;
    for (let index = 0; index < 1_500; index += 1)
      store.progress.add(`gone-${index}`, { progress: 1, polls: 1 });
    store.progress.add(id, { progress: 7, polls: 1 });
    await store.progress.flush();
    expect(pool.transactions).toBe(2);
    expect((await rowOf(id)).progress).toBe(7);
  });

  type Step =
    | { readonly who: number; readonly progress: number }
    | { readonly passMs: number }
    | { readonly ends: number };
  const take = async (step: Step, ids: readonly string[], changes: Promise<unknown>[]): Promise<void> => {
    if ('who' in step) store.progress.add(ids[step.who] ?? '', { progress: step.progress, polls: 1 });
    else if ('passMs' in step) await clock.advance(step.passMs);
    else {
      const patch = { status: 'completed', progress: 100 } as const;
      changes.push(store.change(ids[step.ends] ?? '', patch, { from: ['in_progress'] }));
    }
  };

  it('never lets progress go back, and rows, memory and events agree, whatever is told when', async () => {
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.record({ who: fc.nat(2), progress: fc.integer({ min: 1, max: 99 }) }),
      fc.record({ passMs: fc.integer({ min: 1, max: 150 }) }),
      fc.record({ ends: fc.nat(2) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const ids = [await running(), await running(), await running()];
        const told = ids.map((): [number, number][] => []);
        const stops = ids.map((id, index) =>
          events.subscribe(id, ({ revision, progress }) => told[index]?.push([revision, progress])),
        );
        const changes: Promise<unknown>[] = [];
        for (const each of steps) await take(each, ids, changes);
        await Promise.all(changes);
        await store.progress.flush();
        for (const stop of stops) stop();
        for (const [index, id] of ids.entries()) {
          const row = await rowOf(id);
          const seen = told[index] ?? [];
          expect(seen.map(([revision]) => revision)).toEqual(seen.map((_, at) => 3 + at));
          expect(seen.map(([, progress]) => progress)).toEqual(
            seen.map(([, progress]) => progress).sort((a, b) => a - b),
          );
          expect([row.revision, row.progress]).toEqual(seen.at(-1) ?? [2, 0]);
          if (row.status === 'in_progress') expect(store.live(id)).toEqual(row);
        }
      }),
      { numRuns: 30 },
    );
  });
});
