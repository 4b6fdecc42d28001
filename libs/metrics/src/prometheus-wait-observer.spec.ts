import { Semaphore } from 'penstock/concurrency';
import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { watchedOperations, type WatchedOperations } from '../testing/index.js';
import { PrometheusWaitObserver } from './prometheus-wait-observer.js';

describe('PrometheusWaitObserver', () => {
  let observer: PrometheusWaitObserver;
  let watched: WatchedOperations;

  beforeEach(() => {
    watched = watchedOperations();
    observer = new PrometheusWaitObserver(watched.metrics, watched.operations);
  });
  afterEach(() => {
    watched.close();
  });

  it('observes seconds by resource and outcome', async () => {
    observer.waited({ resource: 'writer', waitedMs: 40, holder: undefined, outcome: 'acquired' });
    observer.waited({ resource: 'writer', waitedMs: 60, holder: undefined, outcome: 'acquired' });
    observer.waited({ resource: 'writer', waitedMs: 5, holder: undefined, outcome: 'aborted' });
    const exposition = await watched.scrape();
    const labels = { resource: 'writer', outcome: 'acquired' };
    expect(exposition.value('penstock_wait_seconds_sum', labels)).toBeCloseTo(0.1);
    expect(exposition.value('penstock_wait_seconds_bucket', { ...labels, le: '0.05' })).toBe(1);
    expect(exposition.value('penstock_wait_seconds_count', { ...labels, outcome: 'aborted' })).toBe(1);
  });

  it('warns about and counts waits past the limit, naming the holder', async () => {
    observer.waited({ resource: 'writer', waitedMs: 100, holder: 'import', outcome: 'acquired' });
    expect(watched.log.warnings).toEqual([]);
    observer.waited({ resource: 'writer', waitedMs: 100.6, holder: 'import', outcome: 'acquired' });
    observer.waited({ resource: 'slots', waitedMs: 250, holder: undefined, outcome: 'timeout' });
    expect(watched.log.warnings).toEqual([
      'Waited 101 ms for writer: acquired, held by import.',
      'Waited 250 ms for slots: timeout.',
    ]);
    expect((await watched.scrape()).value('penstock_slow_waits_total', { resource: 'writer' })).toBe(1);
  });

  it('is told by the locks of penstock/concurrency', async () => {
    const clock = new ManualClock();
    const semaphore = new Semaphore({ name: 'slots', permits: 1, clock, observer });
    const release = await semaphore.acquire();
    const second = semaphore.acquire();
    await clock.advance(150);
    release();
    await second;
    expect((await watched.scrape()).value('penstock_wait_seconds_sum', { resource: 'slots' })).toBeCloseTo(
      0.15,
    );
    expect(watched.log.warnings).toEqual(['Waited 150 ms for slots: acquired.']);
  });
});
