import { EventEmitter2 } from '@nestjs/event-emitter';
import { DatabasePool, PooledSqliteDataSource } from 'penstock/database';
import { ManualClock } from 'penstock/kernel/testing';
import type { EntityManager } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ChangeRecorders, type ChangeRecorder } from './change-recorders.js';
import { GenerationEvents } from './generation-events.js';
import { GenerationStore } from './generation-store.js';
import { UNFINISHED, type GenerationStatus } from './generation-status.js';
import { Generation } from './generation.entity.js';
import { GenerationFactory } from './generation.factory.js';
import { generationMigrations } from './migrations/index.js';
import { RetiredJob } from './retired-job.entity.js';
import { aRequest } from './testing/a-request.js';

/** Writes a job for each change, so that it can be seen what was committed with it. */
class JobRecorder implements ChangeRecorder {
  refusesAll = false;
  writes = true;
  fails = false;
  readonly asked: GenerationStatus[] = [];
  readonly seen: Generation[] = [];
  readonly told: string[] = [];

  admit(): void {
    if (this.refusesAll) throw new Error('refused');
  }

  concerns(_: Generation, status: GenerationStatus): boolean {
    this.asked.push(status);
    return this.writes;
  }

  async record(manager: EntityManager, generation: Generation): Promise<void> {
    const { id, revision } = generation;
    await manager.insert(RetiredJob, { upstreamScope: id, upstreamId: String(revision), retiredAt: 0 });
    this.seen.push({ ...generation });
    if (this.fails) throw new Error('disk full');
  }

  recorded(id: string): void {
    this.told.push(id);
  }
}

describe('a recorder of changes', () => {
  const clock = new ManualClock();
  let source: PooledSqliteDataSource;
  let store: GenerationStore;
  let recorder: JobRecorder;
  const make = (): Generation => new GenerationFactory(clock).create(aRequest(), 'key_1');
  const written = async (): Promise<readonly string[]> =>
    (await source.getRepository(RetiredJob).find({ order: { upstreamId: 'ASC' } })).map(
      ({ upstreamId }) => upstreamId,
    );

  beforeEach(async () => {
    source = await new PooledSqliteDataSource({
      path: ':memory:',
      entities: [Generation, RetiredJob],
      migrations: generationMigrations,
    }).initialize();
    const recorders = new ChangeRecorders();
    recorder = new JobRecorder();
    recorders.add(recorder);
    const events = new GenerationEvents(new EventEmitter2());
    store = new GenerationStore(new DatabasePool(source), events, recorders, clock);
  });
  afterEach(() => source.destroy());

  it('writes with the insert, with each change of the status, and with nothing else', async () => {
    const generation = make();
    await store.insert(generation);
    await store.change(generation.id, { progress: 5 }, { from: UNFINISHED });
    await store.change(generation.id, { status: 'submitting' }, { from: ['queued'] });
    await store.claim(generation.id, { upstreamId: 'job', startedAt: 5, found: false });
    await store.change(generation.id, { status: 'completed' }, { from: UNFINISHED });
    expect(recorder.asked).toEqual(['queued', 'submitting', 'in_progress', 'completed']);
    expect(recorder.seen.map(({ status, revision }) => [status, revision])).toEqual([
      ['queued', 1],
      ['submitting', 3],
      ['in_progress', 4],
      ['completed', 5],
    ]);
    expect(await written()).toEqual(['1', '3', '4', '5']);
    expect(recorder.told).toEqual(Array(4).fill(generation.id));
    expect(recorder.seen.at(-1)).toEqual(await store.find(generation.id));
  });

  it('sees the row as its change left it, also among changes that are committed together', async () => {
    const generation = make();
    await store.insert(generation);
    await Promise.all([
      store.change(generation.id, { progress: 7 }, { from: UNFINISHED }),
      store.change(generation.id, { status: 'failed', errorCode: 'a' }, { from: UNFINISHED }),
      store.change(generation.id, { status: 'cancelled' }, { from: UNFINISHED }),
    ]);
    expect(recorder.seen.map(({ status, progress, revision }) => [status, progress, revision])).toEqual([
      ['queued', 0, 1],
      ['failed', 7, 3],
    ]);
    expect(await written()).toEqual(['1', '3']);
  });

  it('undoes the change when it fails, and nobody is told', async () => {
    const generation = make();
    await store.insert(generation);
    recorder.fails = true;
    const ended = store.change(generation.id, { status: 'failed' }, { from: UNFINISHED });
    await expect(ended).rejects.toThrow('disk full');
    await expect(store.insert(make())).rejects.toThrow('disk full');
    expect(await source.getRepository(Generation).find()).toHaveLength(1);
    expect(await source.getRepository(Generation).findOneBy({ status: 'queued' })).toEqual(generation);
    expect(await written()).toEqual(['1']);
    expect(recorder.told).toEqual([generation.id]);
  });

  it('is left alone by what does not concern it, and by changes that do not happen', async () => {
    recorder.writes = false;
    const generation = make();
    await store.insert(generation);
    recorder.writes = true;
    await store.change(generation.id, { status: 'completed' }, { from: ['in_progress'] });
    expect(await written()).toEqual([]);
    expect(recorder.told).toEqual([]);
  });

  it('refuses a generation before there is a row', async () => {
    recorder.refusesAll = true;
    await expect(store.insert(make())).rejects.toThrow('refused');
    expect(await source.getRepository(Generation).find()).toEqual([]);
  });
});

describe('the serial of a generation', () => {
  it('tells the order of all changes, across a restart too', async () => {
    const clock = new ManualClock();
    const source = await new PooledSqliteDataSource({
      path: ':memory:',
      entities: [Generation, RetiredJob],
      migrations: generationMigrations,
    }).initialize();
    const start = (): GenerationStore =>
      new GenerationStore(
        new DatabasePool(source),
        new GenerationEvents(new EventEmitter2()),
        new ChangeRecorders(),
        clock,
      );
    const factory = new GenerationFactory(clock);
    const [one, two] = [factory.create(aRequest(), 'key_1'), factory.create(aRequest(), 'key_1')];
    const store = start();
    await Promise.all([store.insert(one), store.insert(two)]);
    expect(one.serial).toBeLessThan(two.serial);
    const changed = await store.change(one.id, { progress: 1 }, { from: UNFINISHED });
    expect(changed?.serial).toBeGreaterThan(two.serial);
    expect(await source.getRepository(Generation).findOneBy({ id: one.id })).toEqual(changed);
    clock.jump(-1_000_000);
    const restarted = start();
    await restarted.restore();
    expect(restarted.serial).toBe(changed?.serial);
    const later = await restarted.change(two.id, { progress: 1 }, { from: UNFINISHED });
    expect(later?.serial).toBeGreaterThan(changed?.serial ?? Infinity);
    await source.destroy();
  });
});
