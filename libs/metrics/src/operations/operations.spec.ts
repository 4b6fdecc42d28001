import { ConcurrencyError, Semaphore } from 'penstock/concurrency';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { watchedOperations, type WatchedOperations } from '../../testing/index.js';
import { PrometheusWaitObserver } from '../prometheus-wait-observer.js';

describe('Operations', () => {
  let watched: WatchedOperations;
  let observer: PrometheusWaitObserver;

  const run = <T>(name: string, work: () => T, ids: Record<string, string> = {}): T =>
    watched.operations.run({ name, kind: 'method', ids }, work);
  const pass = (ms: number): Promise<void> => watched.clock.advance(ms);
  const poolOf = (permits: number): Semaphore =>
    new Semaphore({ name: 'pool', permits, clock: watched.clock, observer });

  beforeEach(() => {
    watched = watchedOperations();
    observer = new PrometheusWaitObserver(watched.metrics, watched.operations);
  });
  afterEach(() => {
    watched.close();
  });

  it('hands on results and errors, of promises and of plain values', async () => {
    expect(run('sum', () => 3)).toBe(3);
    await expect(run('later', () => Promise.resolve(4))).resolves.toBe(4);
    const broken = new Error('broken');
    expect(() =>
      run('throws', () => {
        throw broken;
      }),
    ).toThrow(broken);
    await expect(run('rejects', () => Promise.reject(broken))).rejects.toBe(broken);
    const exposition = await watched.scrape();
    const count = (operation: string, outcome: string) =>
      exposition.value('penstock_operation_duration_seconds_count', { operation, outcome });
    expect([count('sum', 'ok'), count('later', 'ok')]).toEqual([1, 1]);
    expect([count('throws', 'error'), count('rejects', 'error')]).toEqual([1, 1]);
  });

  it('reports what took longer than the limit: warned about, counted and kept, once', async () => {
    await run('quick', () => pass(1_000));
    await run('slow', () => pass(1_001), { token: 'tok_1' });
    expect(watched.log.warnings).toEqual(['slow took 1001 ms (token tok_1).']);
    const exposition = await watched.scrape();
    expect(exposition.value('penstock_slow_operations_total')).toBe(1);
    expect(watched.kept.latest()).toEqual(watched.kept.worst());
    expect(watched.kept.latest()).toMatchObject([
      { operation: 'slow', kind: 'method', durationMs: 1_001, limitMs: 1_000, ids: { token: 'tok_1' } },
    ]);
  });

  it('holds an operation against its own limit, and against one that is set for its name', async () => {
    const description = { name: 'download', kind: 'upstream', slowAfterMs: 5_000 } as const;
    await watched.operations.run(description, () => pass(4_000));
    watched.limits.configure({ slowAfterMs: { download: 2_000 } });
    await watched.operations.run(description, () => pass(4_000));
    expect(watched.kept.latest().map(({ limitMs }) => limitMs)).toEqual([2_000]);
  });

  it('names the slow part, not all that is around it', async () => {
    await run('request', () => run('method', () => run('upstream submit', () => pass(1_800))), {
      request: 'r1',
    });
    expect(watched.log.warnings).toEqual([
      'upstream submit took 1800 ms, in method, in request (request r1).',
    ]);
  });

  it('names what is around a slow part too, where it is slow by itself', async () => {
    await run('request', async () => {
      await run('part', () => pass(1_100));
      await pass(1_200);
    });
    expect(watched.kept.latest().map(({ operation }) => operation)).toEqual(['request', 'part']);
  });

  it('counts parts that overlap once', async () => {
    await run('request', async () => {
      const parts = [
        run('one', () => watched.clock.sleep(1_500)),
        run('two', () => watched.clock.sleep(1_600)),
      ];
      await pass(1_600);
      await Promise.all(parts);
      await pass(1_050);
    });
    expect(watched.kept.latest().map(({ operation }) => operation)).toEqual(['request', 'two', 'one']);
  });

  it('says what a slow operation waited for, in sum', async () => {
    const wait = { resource: 'writer', holder: 'import', outcome: 'acquired' } as const;
    await run('busy', async () => {
      for (const waitedMs of [60, 90, 80]) {
        await pass(400);
        observer.waited({ ...wait, waitedMs });
      }
    });
    expect(watched.log.warnings).toEqual(['busy took 1200 ms; waited 230 ms for writer, held by import.']);
    expect(watched.kept.latest()[0]?.waits).toEqual([
      { resource: 'writer', count: 3, totalMs: 230, longestMs: 90, holder: 'import' },
    ]);
  });

  it('reports a long wait once, as the wait of the one that waited', async () => {
    const pool = poolOf(1);
    const release = await pool.acquire();
    const waiting = run('reader', () => pool.run(() => Promise.resolve()), { request: 'r2' });
    await pass(2_000);
    // Another operation ends the wait; it is not its wait.
    run('releaser', release);
    await waiting;
    expect(watched.log.warnings).toEqual(['Waited 2000 ms for pool: acquired, in reader (request r2).']);
    expect(watched.kept.latest()).toMatchObject([{ kind: 'wait', operation: 'pool', within: ['reader'] }]);
    const exposition = await watched.scrape();
    expect(exposition.value('penstock_slow_waits_total', { resource: 'pool' })).toBe(1);
    expect(exposition.value('penstock_slow_operations_total')).toBeUndefined();
  });

  it('reports a wait on a full pool that ended without a permit', async () => {
    const pool = poolOf(2);
    await pool.acquire();
    await pool.acquire();
    const waiting = run('third', () => pool.acquire({ timeoutMs: 300 }));
    const refused = expect(waiting).rejects.toBeInstanceOf(ConcurrencyError);
    await pass(300);
    await refused;
    expect(watched.kept.latest()).toMatchObject([
      { kind: 'wait', operation: 'pool', outcome: 'timeout', within: ['third'] },
    ]);
  });

  it('does not count for an operation what goes on after its end', async () => {
    let later: Promise<void> | undefined;
    run('starter', () => {
      later = (async () => {
        await watched.clock.sleep(10);
        await run('background', () => watched.clock.sleep(1_500));
      })();
    });
    await pass(10);
    await pass(1_500);
    await later;
    expect(watched.kept.latest()).toMatchObject([{ operation: 'background', within: [] }]);
  });
});
