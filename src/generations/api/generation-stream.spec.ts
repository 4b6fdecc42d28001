import { EventEmitter2 } from '@nestjs/event-emitter';
import { DatabasePool, PooledSqliteDataSource } from 'penstock/database';
import { ManualClock } from 'penstock/kernel/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { ChangeRecorders } from '../change-recorders.js';
import { GenerationEvents } from '../generation-events.js';
import { Generation } from '../generation.entity.js';
import { RetiredJob } from '../retired-job.entity.js';
import { GenerationFactory } from '../generation.factory.js';
import { GenerationStore } from '../generation-store.js';
import { generationMigrations } from '../migrations/index.js';
import { aRequest } from '../testing/a-request.js';
import { GenerationStream } from './generation-stream.js';

const clock = new ManualClock();
const emitter = new EventEmitter2();
const events = new GenerationEvents(emitter);
const source = new PooledSqliteDataSource({
  path: ':memory:',
  entities: [Generation, RetiredJob],
  migrations: generationMigrations,
});
const store = new GenerationStore(new DatabasePool(source), events, new ChangeRecorders(), clock);
const stream = new GenerationStream(store, events, clock);
const queued = new GenerationFactory(clock).create(aRequest(), 'key_1');
const at = (revision: number, status: Generation['status'] = 'in_progress'): Generation => ({
  ...queued,
  revision,
  status,
});
const show = ({ revision }: Generation): object => ({ revision });
const frame = (revision: number): string =>
  `id: ${String(revision)}\ndata: {"revision":${String(revision)}}\n\n`;
const open = (generation: Generation, after = 0): AsyncGenerator<string> =>
  stream.frames(generation, after, show);
const next = async (frames: AsyncGenerator<string>): Promise<string | undefined> =>
  (await frames.next()).value as string | undefined;

/** The stream has looked at the row and waits. */
const looked = (): Promise<void> =>
  vi.waitUntil(() => source.stats().readers.active === 0 && clock.pendingTimers > 0).then(() => undefined);

describe('GenerationStream', () => {
  beforeAll(async () => {
    await source.initialize();
    await store.insert(queued);
  });
  afterAll(() => source.destroy());

  it('begins with the state as it is and ends after the event of the end', async () => {
    const frames = open(at(1));
    expect(await next(frames)).toBe(frame(1));
    const second = next(frames);
    await looked();
    events.publish(at(2, 'completed'));
    expect(await second).toBe(frame(2));
    expect((await frames.next()).done).toBe(true);
    expect(emitter.listenerCount()).toBe(0);
  });

  it('gives a reader that was away only what it does not have', async () => {
    const frames = open(at(3), 3);
    const later = next(frames);
    await looked();
    events.publish(at(4));
    expect(await later).toBe(frame(4));
    await frames.return(undefined);
  });

  it('skips states that a slow reader had no time for, never the last', async () => {
    const frames = open(at(1));
    expect(await next(frames)).toBe(frame(1));
    for (const revision of [2, 3, 4]) events.publish(at(revision));
    events.publish(at(5, 'failed'));
    expect(await next(frames)).toBe(frame(5));
    expect((await frames.next()).done).toBe(true);
  });

  it('shows a sign of life every 15 s', async () => {
    const frames = open(at(1), 1);
    const sign = next(frames);
    await looked();
    await clock.advance(15_000);
    expect(await sign).toBe(': still here\n\n');
    const change = next(frames);
    await looked();
    events.publish(at(2));
    expect(await change).toBe(frame(2));
    await frames.return(undefined);
    expect(emitter.listenerCount()).toBe(0);
  });

  it('sees what changed between the look of the reader and its own', async () => {
    const generation = new GenerationFactory(clock).create(aRequest(), 'key_1');
    await store.insert(generation);
    const frames = open(generation, 1);
    await store.change(generation.id, { status: 'failed' }, { from: ['queued'] });
    expect(await next(frames)).toBe(frame(2));
    expect((await frames.next()).done).toBe(true);
  });

  it('ends for one that ended and was deleted since the look of the reader', async () => {
    const generation = new GenerationFactory(clock).create(aRequest(), 'key_1');
    await store.insert(generation);
    const frames = open(generation, 1);
    await store.change(generation.id, { status: 'failed' }, { from: ['queued'] });
    await store.remove(generation.id, clock.now());
    expect((await frames.next()).done).toBe(true);
    expect(emitter.listenerCount()).toBe(0);
  });

  it('takes no notice of a last event that is yet to come', async () => {
    const frames = open(at(2), 900);
    const later = next(frames);
    await looked();
    events.publish(at(3, 'completed'));
    expect(await later).toBe(frame(3));
    expect((await frames.next()).done).toBe(true);
  });

  it('ends when the process does', async () => {
    const ending = new GenerationStream(store, events, clock);
    const frames = ending.frames(at(1), 1, show);
    const last = frames.next();
    await looked();
    ending.beforeApplicationShutdown();
    expect((await last).done).toBe(true);
    expect(emitter.listenerCount()).toBe(0);
  });
});
