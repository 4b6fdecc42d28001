import { Logger, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Clock } from 'penstock/kernel';
import { ManualClock } from 'penstock/kernel/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { FakePollTarget } from '../testing/index.js';
import { PollScheduler } from './poll-scheduler.js';
import { PollingModule } from './polling.module.js';
import { PollingStrategies } from './polling-strategies.js';
import { PollKnowledgeStore, type LearnedModel, type StoredKnowledge } from './ports/poll-knowledge.js';
import { PollTarget } from './ports/poll-target.js';
import { MemoryPollKnowledgeStore } from './strategies/memory-poll-knowledge-store.js';

const STRATEGY = 'predictive';

/** A store that can be out of order, and counts what it is asked to write. */
class ShakyStore extends MemoryPollKnowledgeStore {
  broken = false;
  saves = 0;

  override load(strategy: string): Promise<readonly StoredKnowledge[]> {
    return this.broken ? Promise.reject(new Error('no disk')) : super.load(strategy);
  }

  override save(...args: Parameters<MemoryPollKnowledgeStore['save']>): Promise<void> {
    this.saves += 1;
    return this.broken ? Promise.reject(new Error('no disk')) : super.save(...args);
  }
}

describe('PollKnowledgeKeeper', () => {
  let store: ShakyStore;
  let clock: ManualClock;

  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  afterAll(() => {
    Logger.overrideLogger(new Logger());
  });
  beforeEach(() => {
    store = new ShakyStore();
    clock = new ManualClock();
  });

  async function start(): Promise<TestingModule> {
    @Module({
      providers: [
        { provide: Clock, useValue: clock },
        { provide: PollKnowledgeStore, useValue: store },
        { provide: PollTarget, useClass: FakePollTarget },
      ],
      exports: [Clock, PollKnowledgeStore],
    })
    class PartsModule {}

    const app = await Test.createTestingModule({
      imports: [PollingModule.forRoot({ imports: [PartsModule] })],
    }).compile();
    return await app.init();
  }

  const models = (app: TestingModule): readonly LearnedModel[] =>
    app.get(PollingStrategies).current.knowledge?.models() ?? [];

  /** Follows one generation that has ended at its first poll. */
  async function complete(app: TestingModule, id: string): Promise<void> {
    const target = app.get<FakePollTarget>(PollTarget, { strict: false });
    target.script = () => ({ outcome: 'ended', end: 'completed' });
    app.get(PollScheduler).track({ id, kind: 'video', tokenId: 't1', progress: null, remainingMs: 90_000 });
    await clock.advance(11_000);
  }

  it('stores what was learned within half a minute, in one write, and restores it at the next start', async () => {
    const app = await start();
    await complete(app, 'g1');
    await complete(app, 'g2');
    expect(await store.load(STRATEGY)).toEqual([]);
    await clock.advance(10_000);
    expect(await store.load(STRATEGY)).toHaveLength(1);
    await clock.advance(300_000);
    expect(store.saves).toBe(1);
    await app.close();
    expect(clock.pendingTimers).toBe(0);

    const next = await start();
    expect(models(next)).toMatchObject([{ kind: 'video', provider: null, jobs: 2 }]);
    await next.close();
  });

  it('stores the rest when the application ends', async () => {
    const app = await start();
    await complete(app, 'g1');
    await app.close();
    expect(await store.load(STRATEGY)).toHaveLength(1);
  });

  it('keeps what the store does not take, and tries again', async () => {
    const app = await start();
    await complete(app, 'g1');
    store.broken = true;
    await clock.advance(60_000);
    expect(store.saves).toBe(2);
    store.broken = false;
    await clock.advance(30_000);
    expect(await store.load(STRATEGY)).toHaveLength(1);
    await app.close();
  });

  it('starts anew when the store cannot be read', async () => {
    store.broken = true;
    const app = await start();
    expect(models(app)).toEqual([]);
    store.broken = false;
    await complete(app, 'g1');
    expect(models(app)).toHaveLength(1);
    await app.close();
  });

  it('leaves entries out that it cannot read, and removes them', async () => {
    await store.save(STRATEGY, [{ key: 'junk', state: '{', updatedAt: 1 }], []);
    const app = await start();
    await app.close();
    expect(await store.load(STRATEGY)).toEqual([]);
  });
});
