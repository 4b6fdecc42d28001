import { describe, expect, it } from 'vitest';

import { ArrivalRate } from './arrival-rate.js';

describe('ArrivalRate', () => {
  it('knows of none at first', () => {
    expect(new ArrivalRate().perMs(1_000)).toBe(0);
  });

  it('comes to the rate of those who come evenly, and forgets it when nobody comes', () => {
    const rate = new ArrivalRate();
    for (let at = 0; at <= 1_200_000; at += 500) rate.arrived(at);
    expect(rate.perMs(1_200_000) * 500).toBeCloseTo(1, 2);
    expect(rate.perMs(1_320_000) * 500).toBeCloseTo(Math.exp(-1), 2);
    expect(rate.perMs(3_600_000) * 500).toBeCloseTo(0, 6);
  });

  it('is right from the first minute on', () => {
    const rate = new ArrivalRate();
    for (let at = 0; at <= 60_000; at += 100) rate.arrived(at);
    expect(rate.perMs(60_000) * 100).toBeCloseTo(1, 2);
  });

  it('does not take a few that come at once for a flood', () => {
    const rate = new ArrivalRate();
    for (let each = 0; each < 60; each += 1) rate.arrived(7);
    expect(rate.perMs(7) * 60_000).toBeGreaterThan(60);
    expect(rate.perMs(7) * 60_000).toBeLessThan(80);
  });
});
