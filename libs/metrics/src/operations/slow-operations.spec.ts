import { describe, expect, it } from 'vitest';

import { SlowOperations, type SlowOperation } from './slow-operations.js';

const slow = (durationMs: number): Omit<SlowOperation, 'sequence'> => ({
  at: 0,
  kind: 'method',
  operation: 'work',
  durationMs,
  limitMs: 1,
  outcome: 'ok',
  waits: [],
  within: [],
  ids: {},
});

describe('SlowOperations', () => {
  it('keeps the latest 100 and the worst 50, whenever they were', () => {
    const kept = new SlowOperations();
    kept.add(slow(1_000_000));
    for (let duration = 1; duration <= 150; duration += 1) kept.add(slow(duration));
    const [latest, worst] = [kept.latest(), kept.worst()];
    expect([latest.length, latest[0]?.durationMs, latest.at(-1)?.durationMs]).toEqual([100, 150, 51]);
    expect([worst.length, worst[0]?.durationMs, worst.at(-1)?.durationMs]).toEqual([50, 1_000_000, 102]);
    expect(latest[0]?.sequence).toBe(151);
  });

  it('hands out lists that later ones do not change', () => {
    const kept = new SlowOperations();
    kept.add(slow(1));
    const before = kept.latest();
    kept.add(slow(2));
    expect(before).toHaveLength(1);
  });
});
