import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';

import { parseExposition } from '../testing/index.js';
import { AppMetrics } from './app-metrics.js';

const setUp = (): { metrics: AppMetrics; scrape: () => Promise<ReturnType<typeof parseExposition>> } => {
  const registry = new Registry();
  return { metrics: new AppMetrics(registry), scrape: async () => parseExposition(await registry.metrics()) };
};

describe('AppMetrics', () => {
  it('makes counters with labels', async () => {
    const { metrics, scrape } = setUp();
    const ended = metrics.counter({ name: 'ended_total', help: 'Ended.', labelNames: ['status'] });
    ended.inc({ status: 'completed' }, 2);
    ended.inc({ status: 'failed' });
    expect((await scrape()).value('ended_total', { status: 'completed' })).toBe(2);
  });

  it('makes gauges that are set, and gauges that are read at each scrape', async () => {
    const { metrics, scrape } = setUp();
    metrics.gauge({ name: 'set', help: 'Set.' }).set(7);
    let reads = 0;
    metrics.gauge({
      name: 'read',
      help: 'Read.',
      collect: (gauge) => {
        reads += 1;
        gauge.set(reads);
      },
    });
    expect((await scrape()).value('set')).toBe(7);
    expect((await scrape()).value('read')).toBe(2);
  });

  it('makes histograms with the buckets asked for', async () => {
    const { metrics, scrape } = setUp();
    metrics.histogram({ name: 'size_bytes', help: 'Sizes.', buckets: [10, 100] }).observe(50);
    const exposition = await scrape();
    const buckets = exposition.samples.filter(({ name }) => name === 'size_bytes_bucket');
    expect(buckets.map(({ labels, value }) => [labels['le'], value])).toEqual([
      ['10', 0],
      ['100', 1],
      ['+Inf', 1],
    ]);
    expect(exposition.value('size_bytes_sum')).toBe(50);
  });

  it('refuses a name that is taken or not valid', () => {
    const { metrics } = setUp();
    metrics.counter({ name: 'a', help: 'A.' });
    expect(() => metrics.gauge({ name: 'a', help: 'A.' })).toThrow(/name a has already been registered/);
    expect(() => metrics.counter({ name: 'not valid', help: 'B.' })).toThrow(/[Ii]nvalid metric name/);
  });
});
