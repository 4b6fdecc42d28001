import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { BANDS } from './progress-bands.js';
import { ProgressCalibration, UNCALIBRATED } from './progress-calibration.js';

describe('ProgressCalibration', () => {
  it('knows nothing at first', () => {
    const calibration = new ProgressCalibration(100);
    expect(calibration.estimate(3, UNCALIBRATED)).toEqual(UNCALIBRATED);
    expect(calibration.isTrusted).toBe(false);
  });

  it('comes to the bias and spread of what it sees, in each band by itself', () => {
    const calibration = new ProgressCalibration(100);
    for (let job = 0; job < 400; job += 1) {
      calibration.learn({ band: 4, wrong: 0.1, error: job % 2 === 0 ? 0.3 : 0.5 });
    }
    const { bias, spread, wrong } = calibration.estimate(4, UNCALIBRATED);
    expect(bias).toBeCloseTo(0.4, 1);
    expect(spread).toBeLessThan(0.3);
    expect(wrong).toBeCloseTo(0.1, 1);
    expect(calibration.isTrusted).toBe(true);
  });

  it('begins at the coarser estimate', () => {
    const coarser = { bias: -1, spread: 0.2, wrong: 0.05 };
    expect(new ProgressCalibration(100).estimate(0, coarser)).toEqual(coarser);
  });

  it('learns no scale from what failed', () => {
    const calibration = new ProgressCalibration(100);
    for (let job = 0; job < 9; job += 1) calibration.learn({ band: 4, wrong: 0.1, error: 0.2 });
    const before = calibration.estimate(4, UNCALIBRATED);
    for (let job = 0; job < 50; job += 1) calibration.learn({ band: 4, wrong: 0.9, error: null });
    const after = calibration.estimate(4, UNCALIBRATED);
    expect([after.bias, after.spread]).toEqual([before.bias, before.spread]);
    expect(after.wrong).toBeGreaterThan(0.7);
  });

  it('does not blame progress as long as its scale is not known', () => {
    const calibration = new ProgressCalibration(100);
    calibration.learn({ band: 4, wrong: 1, error: 3 });
    expect(calibration.estimate(4, UNCALIBRATED).wrong).toBe(0.5);
  });

  it('believes in a band that was seldom seen as much as in the others', () => {
    const calibration = new ProgressCalibration(100);
    for (let job = 0; job < 50; job += 1) calibration.learn({ band: 4, wrong: 0.05, error: 0.2 });
    expect(calibration.estimate(9, UNCALIBRATED)).toMatchObject({ bias: 0, spread: 1 });
    expect(calibration.estimate(9, UNCALIBRATED).wrong).toBeLessThan(0.15);
  });

  it('keeps every estimate finite', () => {
    const lesson = fc.record({
      band: fc.nat(BANDS - 1),
      wrong: fc.double({ min: 0, max: 1, noNaN: true }),
      error: fc.option(fc.double({ min: -50, max: 50, noNaN: true }), { nil: null }),
    });
    fc.assert(
      fc.property(fc.array(lesson, { maxLength: 200 }), fc.nat(BANDS - 1), (lessons, band) => {
        const calibration = new ProgressCalibration(20);
        for (const each of lessons) calibration.learn(each);
        const { bias, spread, wrong } = calibration.estimate(band, UNCALIBRATED);
        expect(Number.isFinite(bias)).toBe(true);
        expect(spread).toBeGreaterThan(0);
        expect(spread).toBeLessThan(200);
        expect(wrong).toBeGreaterThanOrEqual(0);
        expect(wrong).toBeLessThanOrEqual(1);
      }),
    );
  });
});
