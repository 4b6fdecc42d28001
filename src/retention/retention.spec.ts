import { Test } from '@nestjs/testing';
import { Clock } from 'penstock/kernel';
import { ManualClock } from 'penstock/kernel/testing';
import { MetricsModule } from 'penstock/metrics';
import { DiscoveryModule } from '@nestjs/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Generation } from '../generations/generation.entity.js';
import { RetiredJob } from '../generations/retired-job.entity.js';
import { RequestLogRow } from '../requests/index.js';
import { requestRowId } from '../requests/request-row-id.js';
import { startRequestsApp, type RequestsApp } from '../requests/testing/requests-app.js';
import { TokenTransition } from '../tokens/lifecycle/token-transition.entity.js';
import { UsageRow } from '../usage/ledger/usage-row.entity.js';
import { Retained } from './retained-rows.js';
import { RetentionSweeper } from './retention-sweeper.js';

const DAY_MS = 24 * 60 * 60_000;

describe('the retention', () => {
  let app: RequestsApp;
  beforeEach(async () => {
    app = await startRequestsApp();
  });
  afterEach(() => app.test.close());

  const logAt = (at: number, count: number) =>
    app.pool.write((manager) =>
      manager.insert(
        RequestLogRow,
        Array.from({ length: count }, (_, n) => ({
          id: requestRowId(at, (n + 1) / (count + 1)),
          at,
          kind: 'http' as const,
          operation: 'POST /v1/films',
          requestId: null,
          keyId: null,
          tokenId: null,
          generationId: null,
          errorCode: null,
          status: '200',
          failed: false,
          durationMs: 1,
        })),
      ),
    );
  const sweep = async (): Promise<void> => {
    const state = { running: true };
    const swept = app.test.app
      .get(RetentionSweeper)
      .sweep()
      .finally(() => (state.running = false));
    // Between two transactions it pauses on the clock.
    while (state.running) {
      await app.test.clock.advance(20);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await swept;
  };
  const logged = () =>
    app.pool.read(async (manager) =>
      (await manager.find(RequestLogRow, { order: { id: 'ASC' } })).map(({ at }) => at),
    );

  it('deletes rows of the request log that are too old, all of them, and no others', async () => {
    const now = app.test.clock.now();
    await app.set('retention', { requestLogDays: 3 });
    await logAt(now - 3 * DAY_MS - 1, 950);
    await logAt(now - 2 * DAY_MS, 2);
    await sweep();
    expect(await logged()).toEqual([now - 2 * DAY_MS, now - 2 * DAY_MS]);
  });

  it('keeps the newest rows of the request log when they are too many', async () => {
    const now = app.test.clock.now();
    await app.set('retention', { requestLogDays: 0, requestLogRows: 5 });
    await logAt(now - 400 * DAY_MS, 601);
    await logAt(now - 1_000, 4);
    await sweep();
    expect(await logged()).toEqual([now - 400 * DAY_MS, ...Array.from({ length: 4 }, () => now - 1_000)]);
  });

  it('keeps everything that it is told to keep for ever', async () => {
    await app.set('retention', {
      requestLogDays: 0,
      requestLogRows: 0,
      generationDays: 0,
      tokenHistoryDays: 0,
    });
    await logAt(1, 3);
    await app.set('requestLog', { record: 'nothing' });
    await app.generation({ id: 'old', status: 'completed', createdAt: 1, completedAt: 2 });
    await sweep();
    expect(await logged()).toEqual([1, 1, 1]);
    expect(await app.pool.read((manager) => manager.count(Generation))).toBe(1);
  });

  it('forgets generations some days after their end, but no unfinished one and nothing that one remixes', async () => {
    const at = app.test.clock.now() - 10 * DAY_MS;
    const old = { createdAt: at, completedAt: at + 1 };
    await app.set('retention', { generationDays: 7 });
    const job = { upstreamScope: 'acme', upstreamId: 'job-1' };
    await app.generation({ id: 'completed', status: 'completed', ...old, ...job });
    await app.generation({ id: 'failed', status: 'failed', ...old });
    await app.generation({ id: 'source', status: 'completed', ...old });
    await app.generation({ id: 'remix', status: 'queued', createdAt: at, remixOf: 'source' });
    await app.generation({ id: 'late', status: 'completed', createdAt: at, completedAt: at + 5 * DAY_MS });
    await sweep();
    const left = await app.pool.read((manager) => manager.find(Generation, { order: { id: 'ASC' } }));
    expect(left.map(({ id }) => id)).toEqual(['late', 'remix', 'source']);
    expect(await app.pool.read((manager) => manager.find(RetiredJob))).toMatchObject([job]);
  });

  it('forgets old changes of tokens', async () => {
    const now = app.test.clock.now();
    const change = (version: number, at: number) => ({
      tokenId: 'tok_1',
      version,
      at,
      from: null,
      to: 'ready' as const,
      reason: null,
      until: null,
      by: 'machine' as const,
    });
    await app.pool.write((manager) =>
      manager.insert(TokenTransition, [change(1, now - 91 * DAY_MS), change(2, now - 89 * DAY_MS)]),
    );
    await sweep();
    const left = await app.pool.read((manager) => manager.find(TokenTransition));
    expect(left.map(({ version }) => version)).toEqual([2]);
  });

  it('forgets what was used long ago, if it is told to', async () => {
    const now = app.test.clock.now();
    const used = (daysAgo: number, keyId: string) => ({
      day: new Date(now - daysAgo * DAY_MS).toISOString().slice(0, 10),
      keyId,
      tokenId: 'tok_1',
      model: 'sora-2',
      kind: 'video',
      outcome: 'completed' as const,
      generations: 1,
      unsent: 0,
      mediaMs: 0,
      workMs: 0,
    });
    const old = Array.from({ length: 250 }, (_, n) => used(41, `key_${String(n)}`));
    await app.pool.write((manager) =>
      manager.insert(UsageRow, [...old, used(40, 'key_1'), used(0, 'key_1')]),
    );
    const left = async (): Promise<number> => app.pool.read((manager) => manager.count(UsageRow));
    await sweep();
    expect(await left()).toBe(252);
    await app.set('retention', { usageDays: 40 });
    await sweep();
    expect(await left()).toBe(2);
  });

  it('lets other writes in between its transactions', async () => {
    await app.set('retention', { requestLogDays: 1 });
    await logAt(app.test.clock.now() - 2 * DAY_MS, 900);
    const swept = app.test.app.get(RetentionSweeper).sweep();
    // The clock stands still: it waits after its first transaction, and the writer is free.
    await expect.poll(async () => (await logged()).length).toBe(700);
    await app.generation({ id: 'meanwhile', status: 'queued' });
    await app.test.app.get(RetentionSweeper).beforeApplicationShutdown();
    await swept;
    expect((await logged()).length).toBe(700);
  });
});

describe('RetentionSweeper', () => {
  const start = (...providers: (new () => object)[]) =>
    Test.createTestingModule({
      imports: [DiscoveryModule, MetricsModule.forRoot({ processMetrics: false })],
      providers: [RetentionSweeper, { provide: Clock, useValue: new ManualClock() }, ...providers],
    })
      .setLogger({ log: () => undefined, warn: () => undefined, error: () => undefined })
      .compile();

  it('goes on with other rows when some cannot be deleted', async () => {
    const pruned: string[] = [];
    @Retained('broken')
    class Broken {
      prune(): Promise<number> {
        return Promise.reject(new Error('The disk is full.'));
      }
    }
    @Retained('whole')
    class Whole {
      prune(limit: number): Promise<number> {
        pruned.push(String(limit));
        return Promise.resolve(0);
      }
    }
    const app = await start(Broken, Whole);
    await app.init();
    await app.get(RetentionSweeper).sweep();
    expect(pruned).toEqual(['200']);
    await app.close();
  });

  it('refuses two of one name, and what cannot prune', async () => {
    @Retained('rows')
    class One {
      prune(): Promise<number> {
        return Promise.resolve(0);
      }
    }
    @Retained('rows')
    class Two extends One {}
    @Retained('nothing')
    class Three {
      readonly kept = true;
    }
    const twice = await start(One, Two);
    await expect(twice.init()).rejects.toThrow("Two providers are @Retained('rows'). Rename one of them.");
    const unfit = await start(Three);
    await expect(unfit.init()).rejects.toThrow('"nothing" is @Retained and has no method prune(limit).');
  });
});
