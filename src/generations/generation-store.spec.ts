import { EventEmitter2 } from '@nestjs/event-emitter';
import fc from 'fast-check';
import { DatabasePool, PooledSqliteDataSource } from 'penstock/database';
import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ChangeRecorders } from './change-recorders.js';
import { JobTaken } from './generation-change.js';
import { GenerationEvents } from './generation-events.js';
import { GenerationStore } from './generation-store.js';
import { GENERATION_STATUSES, isFinished, UNFINISHED } from './generation-status.js';
import { Generation } from './generation.entity.js';
import { RetiredJob } from './retired-job.entity.js';
import { GenerationFactory } from './generation.factory.js';
import { generationMigrations } from './migrations/index.js';
import { aRequest } from './testing/a-request.js';

const OWNER = 'key_1';

describe('GenerationStore', () => {
  let source: PooledSqliteDataSource;
  let events: GenerationEvents;
  let store: GenerationStore;
  let recorders: ChangeRecorders;
  const clock = new ManualClock();
  const factory = new GenerationFactory(clock);
  const create = (): Generation => factory.create(aRequest(), OWNER);
  const inserted = async (): Promise<Generation> => {
    const generation = create();
    await store.insert(generation);
    return generation;
  };
  const another = (): GenerationStore =>
    new GenerationStore(new DatabasePool(source), events, recorders, clock);

  beforeEach(async () => {
    source = await new PooledSqliteDataSource({
      path: ':memory:',
      entities: [Generation, RetiredJob],
      migrations: generationMigrations,
    }).initialize();
    events = new GenerationEvents(new EventEmitter2());
    recorders = new ChangeRecorders();
    store = another();
  });
  afterEach(() => source.destroy());

  it('gives back what was inserted, from memory here and from the database elsewhere', async () => {
    const generation = await inserted();
    expect(await store.find(generation.id)).toBe(generation);
    expect(await another().find(generation.id)).toEqual(generation);
    expect(store.live(generation.id)).toBe(generation);
    expect(another().live(generation.id)).toBeUndefined();
  });

  it('tells recorders of a row that was not made, refused or failed, and only of such', async () => {
    const abandoned: string[] = [];
    let refuses = true;
    recorders.add({
      admit: () => {
        if (refuses) throw new Error('refused');
      },
      abandon: ({ id }) => void abandoned.push(id),
      concerns: () => false,
      record: () => Promise.resolve(),
      recorded: () => undefined,
    });
    const generation = create();
    await expect(store.insert(generation)).rejects.toThrow('refused');
    refuses = false;
    await store.insert(generation);
    expect(abandoned).toEqual([generation.id]);
    await expect(store.insert({ ...generation })).rejects.toThrow(/UNIQUE/);
    expect(abandoned).toEqual([generation.id, generation.id]);
  });

  it('changes only from the statuses that are named, and says so', async () => {
    const { id } = await inserted();
    expect(await store.change(id, { status: 'submitting' }, { from: ['in_progress'] })).toBeNull();
    const changed = await store.change(
      id,
      { status: 'submitting', attempts: 1 },
      { from: ['queued'], durable: true },
    );
    expect(changed).toMatchObject({ status: 'submitting', attempts: 1, revision: 2 });
    expect(await another().find(id)).toEqual(changed);
  });

  it('lets exactly one of several endings win', async () => {
    const { id } = await inserted();
    const ends = await Promise.all(
      (['completed', 'failed', 'cancelled'] as const).map((status) =>
        store.change(id, { status }, { from: UNFINISHED }),
      ),
    );
    expect(ends.filter((end) => end !== null)).toHaveLength(1);
    expect(store.live(id)).toBeUndefined();
  });

  it('tells of every change in the order of the revisions', async () => {
    const generation = create();
    const seen: number[] = [];
    events.subscribe(generation.id, ({ revision }) => seen.push(revision));
    await store.insert(generation);
    await Promise.all(
      [10, 20, 30].map((progress) => store.change(generation.id, { progress }, { from: ['queued'] })),
    );
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('keeps one generation a key and idempotency key, and one a job of an upstream', async () => {
    const request = { ...aRequest(), idempotencyKey: 'once' };
    await store.insert(factory.create(request, OWNER));
    await expect(store.insert(factory.create(request, OWNER))).rejects.toThrow(/UNIQUE/);
    await expect(store.insert(factory.create(request, 'key_2'))).resolves.toBeUndefined();
    const [one, two] = [await inserted(), await inserted()];
    const job = { upstreamScope: 'openai-videos', upstreamId: 'job' };
    await store.change(one.id, job, { from: ['queued'] });
    await expect(store.change(two.id, job, { from: ['queued'] })).rejects.toThrow(JobTaken);
    expect(await store.isClaimed('openai-videos', 'job')).toBe(true);
    expect(await store.isClaimed('openai-videos', 'other')).toBe(false);
  });

  it('takes no violation of another table for a job that is taken', async () => {
    const other = await inserted();
    recorders.add({
      admit: () => undefined,
      abandon: () => undefined,
      concerns: () => true,
      record: async (manager) => {
        await manager.insert(Generation, other);
      },
      recorded: () => undefined,
    });
    const { id } = other;
    await expect(store.change(id, { status: 'submitting' }, { from: ['queued'] })).rejects.toThrow(/UNIQUE/);
    await new DatabasePool(source).write((manager) =>
      manager.update(Generation, { id }, { status: 'submitting' }),
    );
    const claim = { upstreamId: 'job', startedAt: clock.now(), found: false };
    await expect(store.claim(id, claim)).rejects.toThrow(/UNIQUE/);
    expect(await another().find(id)).toMatchObject({ status: 'submitting', upstreamId: null });
  });

  it('restores what is unfinished, oldest first', async () => {
    const one = await inserted();
    await clock.advance(5);
    const two = await inserted();
    await store.change((await inserted()).id, { status: 'failed' }, { from: ['queued'] });
    const restarted = another();
    expect((await restarted.restore()).map(({ id }) => id)).toEqual([one.id, two.id]);
    expect(restarted.live(two.id)).toEqual(two);
  });

  it('removes only what is finished', async () => {
    const { id } = await inserted();
    expect(await store.remove(id, clock.now())).toBe(false);
    await store.change(id, { status: 'cancelled' }, { from: ['queued'] });
    expect(await store.remove(id, clock.now())).toBe(true);
    expect(await store.find(id)).toBeNull();
  });

  it('shows the same in memory as in the database after any changes at once', async () => {
    const change = fc.record({ status: fc.constantFrom(...GENERATION_STATUSES), progress: fc.nat(100) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 8 }), async (changes) => {
        const { id } = await inserted();
        await Promise.all(changes.map((patch) => store.change(id, patch, { from: UNFINISHED })));
        const stored = await another().find(id);
        expect(await store.find(id)).toEqual(stored);
        expect(store.live(id) === undefined).toBe(stored !== null && isFinished(stored.status));
      }),
      { numRuns: 30 },
    );
  });
});
