import { Logger } from '@nestjs/common';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type Exposition, LogLines, parseExposition } from '../testing/index.js';
import { AppMetrics } from './app-metrics.js';
import { PoolMetrics } from './pool-metrics.js';

describe('PoolMetrics', () => {
  let pools: PoolMetrics;
  let scrape: () => Promise<Exposition>;
  let log: LogLines;

  beforeEach(() => {
    const registry = new Registry();
    pools = new PoolMetrics(new AppMetrics(registry));
    scrape = async () => parseExposition(await registry.metrics());
    log = new LogLines();
    Logger.overrideLogger(log);
  });
  afterEach(() => {
    Logger.overrideLogger(['log', 'error', 'warn']);
  });

  it('reads every pool at the time of the scrape', async () => {
    let stats = { active: 1, idle: 4, waiting: 0 };
    pools.register('database.readers', () => stats);
    pools.register('database.writer', () => ({ active: 1, idle: 0, waiting: 9 }));
    await scrape();
    stats = { active: 5, idle: 0, waiting: 2 };
    const exposition = await scrape();
    const readers = { pool: 'database.readers' };
    expect(exposition.value('penstock_pool_connections', { ...readers, state: 'active' })).toBe(5);
    expect(exposition.value('penstock_pool_connections', { ...readers, state: 'idle' })).toBe(0);
    expect(exposition.value('penstock_pool_waiting', readers)).toBe(2);
    expect(exposition.value('penstock_pool_waiting', { pool: 'database.writer' })).toBe(9);
  });

  it('counts the callers of a pool that counts them', async () => {
    let count = 7;
    pools.register('counted', () => ({ active: 0, idle: 1, waiting: 0, waits: { count } }));
    pools.register('other', () => ({ active: 0, idle: 1, waiting: 0 }));
    expect((await scrape()).value('penstock_pool_acquires_total', { pool: 'counted' })).toBe(7);
    count = 9;
    const exposition = await scrape();
    expect(exposition.value('penstock_pool_acquires_total', { pool: 'counted' })).toBe(9);
    expect(exposition.value('penstock_pool_acquires_total', { pool: 'other' })).toBeUndefined();
  });

  it('ends a report, and only that one', async () => {
    const end = pools.register('a', () => ({ active: 1, idle: 1, waiting: 1 }));
    end();
    pools.register('a', () => ({ active: 2, idle: 2, waiting: 2 }));
    end();
    expect((await scrape()).value('penstock_pool_waiting', { pool: 'a' })).toBe(2);
    pools.onModuleDestroy();
    expect((await scrape()).value('penstock_pool_waiting', { pool: 'a' })).toBeUndefined();
  });

  it('leaves out a pool that cannot be read, and reports the others', async () => {
    pools.register('broken', () => {
      throw new Error('closed');
    });
    pools.register('good', () => ({ active: 0, idle: 1, waiting: 0 }));
    const exposition = await scrape();
    expect(exposition.value('penstock_pool_connections', { pool: 'good', state: 'idle' })).toBe(1);
    expect(exposition.samples.filter(({ labels }) => labels['pool'] === 'broken')).toEqual([]);
    expect(log.warnings).toContain('Pool "broken" could not be read: Error: closed');
  });

  it('refuses a name that is in use', () => {
    const read = (): { active: number; idle: number; waiting: number } => ({
      active: 0,
      idle: 0,
      waiting: 0,
    });
    pools.register('a', read);
    expect(() => pools.register('a', read)).toThrow(
      'Pool "a" is reported already. Choose another name, or end the first report.',
    );
  });
});
