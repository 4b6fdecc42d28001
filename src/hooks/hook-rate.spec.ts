import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { HookRate } from './hook-rate.js';

describe('HookRate', () => {
  const take = (rate: HookRate, provider: string, count: number): number[] =>
    Array.from({ length: count }, () => rate.take(provider));

  it('lets a burst in, and then a hundred a second', async () => {
    const clock = new ManualClock();
    const rate = new HookRate(clock);
    const burst = take(rate, 'acme', 1_001);
    expect(burst.slice(0, 1_000).every((waitMs) => waitMs === 0)).toBe(true);
    expect(burst[1_000]).toBe(10);
    await clock.advance(1_000);
    expect(take(rate, 'acme', 150).filter((waitMs) => waitMs === 0)).toHaveLength(100);
    await clock.advance(60_000);
    expect(take(rate, 'acme', 1_500).filter((waitMs) => waitMs === 0)).toHaveLength(1_000);
  });

  it('counts each provider for itself', () => {
    const rate = new HookRate(new ManualClock());
    take(rate, 'acme', 2_000);
    expect(rate.take('other')).toBe(0);
  });
});
