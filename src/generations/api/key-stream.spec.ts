import { EventEmitter2 } from '@nestjs/event-emitter';
import fc from 'fast-check';
import { DatabasePool, PooledSqliteDataSource } from 'penstock/database';
import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ChangeRecorders } from '../change-recorders.js';
import { ChangesSince } from '../changes-since.js';
import { GenerationEvents } from '../generation-events.js';
import { GenerationStore } from '../generation-store.js';
import { UNFINISHED } from '../generation-status.js';
import { Generation } from '../generation.entity.js';
import { GenerationFactory } from '../generation.factory.js';
import { generationMigrations } from '../migrations/index.js';
import { RetiredJob } from '../retired-job.entity.js';
import { aRequest } from '../testing/a-request.js';
import { KeyStream } from './key-stream.js';

interface Shown {
  readonly id: string;
  readonly progress: number;
}

describe('KeyStream', () => {
  const clock = new ManualClock();
  let source: PooledSqliteDataSource;
  let emitter: EventEmitter2;
  let store: GenerationStore;
  let stream: KeyStream;

  const start = async (): Promise<void> => {
    emitter = new EventEmitter2({ maxListeners: 0 });
    const events = new GenerationEvents(emitter);
    const pool = new DatabasePool(source);
    store = new GenerationStore(pool, events, new ChangeRecorders(), clock);
    await store.restore();
    stream = new KeyStream(store, events, new ChangesSince(pool), clock);
  };
  const open = (after: number | null, ownerId: string | null = 'key_1'): AsyncGenerator<string> =>
    stream.frames({ ownerId, after, audience: 'all' }, ({ id, progress }): Shown => ({ id, progress }));
  const next = async (frames: AsyncGenerator<string>): Promise<string> =>
    (await frames.next()).value as string;
  const read = async (frames: AsyncGenerator<string>): Promise<Shown & { readonly serial: number }> => {
    const [, serial, data] = /^id: (\d+)\ndata: (.+)\n\n$/.exec(await next(frames)) ?? [];
    return { serial: Number(serial), ...(JSON.parse(data ?? '') as Shown) };
  };
  const make = async (ownerId = 'key_1'): Promise<Generation> => {
    const generation = new GenerationFactory(clock).create(aRequest(), ownerId);
    await store.insert(generation);
    return generation;
  };
  const advance = (id: string, progress: number): Promise<Generation | null> =>
    store.change(id, { progress }, { from: UNFINISHED });
  const waits = (): Promise<void> => vi.waitUntil(() => clock.pendingTimers > 0).then(() => undefined);

  beforeEach(async () => {
    source = await new PooledSqliteDataSource({
      path: ':memory:',
      entities: [Generation, RetiredJob],
      migrations: generationMigrations,
    }).initialize();
    await start();
  });
  afterEach(() => source.destroy());

  it('says from where on it tells, then tells what changes, of this key only', async () => {
    const old = await make();
    const frames = open(null);
    expect(await next(frames)).toBe(`: from here on\nid: ${String(old.serial)}\n\n`);
    const [, mine] = [await make('key_2'), await make()];
    expect(await read(frames)).toEqual({ id: mine.id, progress: 0, serial: mine.serial });
    await advance(old.id, 30);
    expect(await read(frames)).toMatchObject({ id: old.id, progress: 30 });
    await frames.return(undefined);
    expect(emitter.listenerCount()).toBe(0);
  });

  it('tells whoever may see all of every key', async () => {
    const frames = open(0, null);
    await next(frames);
    const made = [await make('key_1'), await make('key_2')];
    expect([await read(frames), await read(frames)].map(({ id }) => id)).toEqual(made.map(({ id }) => id));
    await frames.return(undefined);
  });

  it('goes on where a reader left, over a restart and however much changed', async () => {
    const first = await make();
    const others: Generation[] = [];
    for (let n = 0; n < 25; n += 1) others.push(await make());
    await advance(others[0]?.id ?? '', 50);
    await start();
    const frames = open(first.serial);
    await next(frames);
    const told: string[] = [];
    for (let n = 0; n < 25; n += 1) told.push((await read(frames)).id);
    const [moved, ...rest] = others.map(({ id }) => id);
    expect(told).toEqual([...rest, moved]);
    const sign = next(frames);
    await waits();
    await clock.advance(15_000);
    expect(await sign).toBe(': still here\n\n');
    await frames.return(undefined);
  });

  it('takes an id that is yet to come for the present', async () => {
    const { serial, id } = await make();
    const frames = open(serial + 1_000_000_000);
    await next(frames);
    await advance(id, 1);
    expect(await read(frames)).toMatchObject({ id, progress: 1 });
    await frames.return(undefined);
  });

  it('is not held up by what was deleted', async () => {
    const frames = open(null);
    await next(frames);
    const [gone, kept] = [await make(), await make()];
    await store.change(gone.id, { status: 'failed' }, { from: UNFINISHED });
    await store.remove(gone.id, 0);
    expect(await read(frames)).toMatchObject({ id: kept.id });
    await frames.return(undefined);
  });

  it('ends with the process', async () => {
    const frames = open(null);
    await next(frames);
    const last = frames.next();
    await waits();
    stream.beforeApplicationShutdown();
    expect((await last).done).toBe(true);
    expect([emitter.listenerCount(), clock.pendingTimers]).toEqual([0, 0]);
  });

  it('shows the last state of each generation, in rising order, to readers fast and slow that come and go', async () => {
    const act = fc.oneof(
      { weight: 4, arbitrary: fc.record({ type: fc.constant('change' as const), which: fc.nat(3) }) },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('read' as const), which: fc.nat(3) }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('reconnect' as const), which: fc.nat(3) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 30 }), async (acts) => {
        const ids: string[] = [];
        for (let n = 0; n < 4; n += 1) ids.push((await make()).id);
        const seen = new Map<string, number>();
        let last = store.serial;
        let frames = open(last);
        const progress = new Map<string, number>();
        await next(frames);
        const take = async (): Promise<void> => {
          const shown = await read(frames);
          expect(shown.serial).toBeGreaterThan(last);
          last = shown.serial;
          seen.set(shown.id, shown.progress);
        };
        const isBehind = (): boolean => last < store.serial;
        for (const { type, which } of acts) {
          const id = ids[which] ?? '';
          if (type === 'change') {
            progress.set(id, (progress.get(id) ?? 0) + 1);
            await advance(id, progress.get(id) ?? 0);
          } else if (type === 'reconnect') {
            await frames.return(undefined);
            frames = open(last);
            await next(frames);
          } else if (isBehind()) await take();
        }
        while (isBehind()) await take();
        expect(seen).toEqual(progress);
        await frames.return(undefined);
      }),
      { numRuns: 30 },
    );
  });
});
