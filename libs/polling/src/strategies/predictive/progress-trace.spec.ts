import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { BANDS, bandOf } from './progress-bands.js';
import { ProgressTrace } from './progress-trace.js';

describe('ProgressTrace', () => {
  it('expects the rest to go as fast as what is done, from where progress began to move', () => {
    const trace = new ProgressTrace();
    trace.see(0, 0);
    trace.see(0, 10_000);
    trace.see(20, 14_000);
    expect(trace.last).toEqual({ band: 2, atMs: 14_000, etaMs: (2_000 * 0.795) / 0.205 });
    trace.see(50, 20_000);
    expect(trace.last).toEqual({ band: 5, atMs: 20_000, etaMs: (8_000 * 0.495) / 0.505 });
  });

  it('counts from the beginning when progress is there at the first look', () => {
    const trace = new ProgressTrace();
    trace.see(60, 30_000);
    expect(trace.last?.etaMs).toBeCloseTo((30_000 * 0.395) / 0.605);
  });

  it('stays with the last change while nothing changes', () => {
    const trace = new ProgressTrace();
    for (const [progress, ageMs] of [
      [null, 0],
      [95, 1_000],
      [95, 60_000],
      [95, 90_000],
    ] as const)
      trace.see(progress, ageMs);
    expect(trace.sightings).toHaveLength(1);
    expect(trace.last).toMatchObject({ band: 10, atMs: 1_000 });
  });

  it('keeps finite estimates of a bounded number, whatever it is shown', () => {
    const look = fc.tuple(fc.option(fc.double(), { nil: null }), fc.double());
    fc.assert(
      fc.property(fc.array(look, { maxLength: 300 }), (looks) => {
        const trace = new ProgressTrace();
        for (const [progress, ageMs] of looks) trace.see(progress, ageMs);
        expect(trace.sightings.length).toBeLessThanOrEqual(100);
        for (const { band, etaMs, atMs } of trace.sightings) {
          expect(band >= 0 && band < BANDS).toBe(true);
          expect(Number.isFinite(etaMs) && etaMs > 0 && Number.isFinite(atMs)).toBe(true);
        }
      }),
    );
  });
});

it('has a band for every progress', () => {
  expect([0.1, 9.9, 10, 89, 90, 94.9, 95, 98, 99, 100].map(bandOf)).toEqual([
    0, 0, 1, 8, 9, 9, 10, 10, 11, 11,
  ]);
});
