import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CallRing, type CallRecord } from './call-ring.js';

const call = (at: number, change: Partial<CallRecord> = {}): CallRecord => ({
  at,
  operation: 'retrieve',
  secret: 'k',
  jobId: null,
  status: 200,
  answeredAt: at,
  fault: null,
  violations: [],
  ...change,
});

const times = (calls: readonly CallRecord[]): number[] => calls.map(({ at }) => at);

describe('CallRing', () => {
  it('lists nothing at first', () => {
    expect(new CallRing(3).latest({})).toEqual([]);
  });

  it('keeps the latest calls, in the order in which they came', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.nat(40),
        fc.integer({ min: 1, max: 12 }),
        (capacity, count, limit) => {
          const ring = new CallRing(capacity);
          for (let at = 0; at < count; at += 1) ring.add(call(at));
          const all = Array.from({ length: count }, (_, at) => at);
          expect(times(ring.latest({ limit }))).toEqual(all.slice(-Math.min(capacity, limit)));
        },
      ),
    );
  });

  it('filters before it limits', () => {
    const ring = new CallRing(10);
    for (let at = 0; at < 8; at += 1)
      ring.add(call(at, at % 2 === 0 ? { operation: 'list' } : { jobId: `v${at}` }));
    expect(times(ring.latest({ operation: 'list', limit: 2 }))).toEqual([4, 6]);
    expect(times(ring.latest({ jobId: 'v3' }))).toEqual([3]);
    expect(ring.latest({ operation: 'list', jobId: 'v3' })).toEqual([]);
  });

  it('lists a hundred unless told otherwise', () => {
    const ring = new CallRing(500);
    for (let at = 0; at < 300; at += 1) ring.add(call(at));
    expect(ring.latest({})).toHaveLength(100);
  });
});
