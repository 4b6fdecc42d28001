import fc from 'fast-check';
import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { describePollingStrategy } from '../../../testing/index.js';
import type { PollHistory } from '../../ports/polling-strategy.js';
import { PredictiveStrategy } from './predictive-strategy.js';
import type { PredictiveOptions } from './predictive-strategy.options.js';

describePollingStrategy('PredictiveStrategy', () => new PredictiveStrategy({}, new ManualClock()), {
  minMs: 500,
  maxMs: 10_000,
});

const history = (changes: Partial<PollHistory> = {}): PollHistory => ({
  id: 'video-1',
  kind: 'video',
  provider: 'acme',
  model: 'm',
  size: '720p',
  duration: '4',
  ageMs: 0,
  progress: 0,
  unchangedPolls: 0,
  polls: 0,
  previousDelayMs: null,
  ...changes,
});

/** Generations that took so long, and showed no progress. */
function teach(
  strategy: PredictiveStrategy,
  durations: readonly number[],
  changes: Partial<PollHistory> = {},
): void {
  for (const durationMs of durations) {
    strategy.ended(history(changes), { outcome: 'completed', afterMs: durationMs - 500, byMs: durationMs });
  }
}

/** The ages at which a generation is polled until `untilMs`. */
function agesOf(
  strategy: PredictiveStrategy,
  untilMs: number,
  progressAt: (ageMs: number) => number | null,
): number[] {
  const ages: number[] = [];
  strategy.observed(history());
  for (let ageMs = 0; ageMs < untilMs; ages.push(ageMs)) {
    ageMs += strategy.nextDelayMs(history({ ageMs }));
    strategy.observed(history({ ageMs, progress: progressAt(ageMs) }));
  }
  strategy.ended(history(), { outcome: 'dropped' });
  return ages;
}

const aroundAMinute = Array.from({ length: 60 }, (_, index) => 57_000 + 100 * index);

describe('PredictiveStrategy', () => {
  it('thinks an end likely where the generations of a key end, and soon after nothing is known', () => {
    const strategy = new PredictiveStrategy();
    teach(strategy, aroundAMinute);
    strategy.observed(history({ ageMs: 20_000 }));
    const chances = [20_000, 50_000, 60_000, 80_000].map((ageMs) => strategy.endedChance(history({ ageMs })));
    const [none = 1, early = 1, middle = 0, late = 0] = chances;
    expect([none, early < 0.2, middle > 0.3 && middle < 0.7, late > 0.8]).toEqual([0, true, true, true]);
    strategy.observed(history({ ageMs: 60_000 }));
    expect(strategy.endedChance(history({ ageMs: 60_000 }))).toBe(0);
  });

  it('polls most where the generations of a key end', () => {
    const strategy = new PredictiveStrategy();
    teach(strategy, aroundAMinute);
    const ages = agesOf(strategy, 80_000, () => 0);
    const between = (low: number, high: number): number =>
      ages.filter((age) => age >= low && age < high).length;
    expect(between(0, 40_000)).toBeLessThanOrEqual(5);
    expect(between(55_000, 66_000)).toBeGreaterThanOrEqual(6);
  });

  it('follows progress that was found to tell the end, where history knows nothing', () => {
    const strategy = new PredictiveStrategy();
    for (const [index, durationMs] of [
      20_000, 200_000, 60_000, 120_000, 30_000, 90_000, 300_000, 45_000,
    ].entries()) {
      const id = `teacher ${String(index)}`;
      for (let ageMs = 0; ageMs < durationMs; ageMs += durationMs / 50) {
        strategy.observed(history({ id, ageMs, progress: Math.floor((100 * ageMs) / durationMs) }));
      }
      strategy.ended(history({ id }), { outcome: 'completed', afterMs: durationMs - 100, byMs: durationMs });
    }
    const ages = agesOf(strategy, 100_000, (ageMs) => Math.min(99, Math.floor(ageMs / 1_000)));
    const intervals = ages.map((age, index) => age - (ages[index - 1] ?? 0));
    const [middle = 0, last = 0] = [intervals[ages.findIndex((age) => age > 50_000)], intervals.at(-1)];
    expect(ages.length).toBeLessThan(25);
    expect(last).toBeLessThan(middle / 2);
    expect(strategy.knowledge.models()[0]).toMatchObject({ jobs: 8, progressTrusted: true });
  });

  it('knows as much with progress that stays at 0, or is not told, as from history alone', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1_000, max: 600_000 }), { maxLength: 20 }), (durations) => {
        const [stuck, silent, blind] = [0, 1, 2].map(() => new PredictiveStrategy());
        for (const strategy of [stuck, silent, blind]) teach(strategy ?? new PredictiveStrategy(), durations);
        const ages = (strategy: PredictiveStrategy | undefined, progress: number | null): number[] =>
          strategy === undefined ? [] : agesOf(strategy, 60_000, () => progress);
        expect(ages(stuck, 0)).toEqual(ages(silent, null));
        expect(blind?.nextDelayMs(history({ ageMs: 10_000 }))).toBe(
          stuck?.nextDelayMs(history({ ageMs: 10_000 })),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('polls no more for a higher price, whatever it knows', () => {
    const price = fc.double({ min: 1, max: 10_000, noNaN: true });
    const past = fc.array(fc.integer({ min: 500, max: 600_000 }), { maxLength: 30 });
    fc.assert(
      fc.property(price, price, past, fc.nat(300_000), (one, other, durations, ageMs) => {
        const delays = [Math.min(one, other), Math.max(one, other)].map((pollPriceMs) => {
          const strategy = new PredictiveStrategy({ pollPriceMs });
          teach(strategy, durations);
          strategy.observed(history({ ageMs: ageMs / 2, progress: 0 }));
          strategy.observed(history({ ageMs, progress: 40 }));
          return strategy.nextDelayMs(history({ ageMs }));
        });
        expect(delays[0]).toBeLessThanOrEqual((delays[1] ?? 0) * (1 + 1e-9));
      }),
    );
  });

  it('always polls again: no generation is waited for longer than the longest interval', () => {
    const strategy = new PredictiveStrategy({ maxIntervalMs: 7_000 });
    teach(strategy, aroundAMinute);
    const ages = agesOf(strategy, 4 * 3_600_000, () => 99);
    const longest = ages.map((age, index) => age - (ages[index - 1] ?? 0)).reduce((a, b) => Math.max(a, b));
    expect(longest).toBeLessThanOrEqual(7_000 * (1 + 1e-9));
  });

  it('forgets an old law: twenty generations later it expects the new one', () => {
    const strategy = new PredictiveStrategy();
    const medianMs = (): number => strategy.knowledge.models()[0]?.quantilesMs.p50 ?? 0;
    teach(strategy, [...aroundAMinute, ...aroundAMinute, ...aroundAMinute]);
    expect(medianMs()).toBeGreaterThan(55_000);
    expect(medianMs()).toBeLessThan(65_000);
    teach(
      strategy,
      aroundAMinute.slice(0, 20).map((ms) => 2 * ms),
    );
    expect(medianMs()).toBeGreaterThan(100_000);
  });

  it('falls back to what it knows of other sizes, then of other models of the provider', () => {
    const strategy = new PredictiveStrategy();
    const unknown = strategy.nextDelayMs(history({ id: 'a', ageMs: 58_000 }));
    teach(strategy, aroundAMinute, { size: '1080p' });
    const otherSize = strategy.nextDelayMs(history({ id: 'b', ageMs: 58_000 }));
    const otherModel = strategy.nextDelayMs(history({ id: 'c', model: 'n', ageMs: 58_000 }));
    const otherProvider = strategy.nextDelayMs(history({ id: 'd', provider: 'other', ageMs: 58_000 }));
    expect(otherSize).toBeLessThan(unknown / 2);
    expect(otherModel).toBeLessThan(unknown / 2);
    expect(otherProvider).toBe(unknown);
  });

  it('takes a deadline for a duration that is longer, not for an end', () => {
    const [strategy, ended] = [new PredictiveStrategy(), new PredictiveStrategy()];
    for (let index = 0; index < 20; index += 1) {
      strategy.ended(history(), { outcome: 'expired', afterMs: 60_000 });
      ended.ended(history(), { outcome: 'completed', afterMs: 59_000, byMs: 60_000 });
    }
    const quantiles = (of: PredictiveStrategy) => of.knowledge.models()[0]?.quantilesMs ?? { p10: 0, p99: 0 };
    expect(quantiles(strategy).p10).toBeGreaterThan(60_000);
    expect(quantiles(ended).p10).toBeLessThan(61_000);
  });

  it.each([
    [55_000, true],
    [0, false],
  ])('learns what progress is worth only from an end that was seen soon: after %i ms', (afterMs, learns) => {
    const strategy = new PredictiveStrategy();
    for (let job = 0; job < 10; job += 1) {
      for (const progress of [0, 25, 50, 75]) strategy.observed(history({ ageMs: 600 * progress, progress }));
      strategy.ended(history(), { outcome: 'completed', afterMs, byMs: 61_000 });
    }
    expect(strategy.knowledge.models()[0]).toMatchObject({ jobs: 10, progressTrusted: learns });
  });

  it('stays sound after an end at an age beyond all reckoning', () => {
    const [strategy, heir] = [new PredictiveStrategy({}, new ManualClock()), new PredictiveStrategy()];
    strategy.observed(history({ progress: 40 }));
    strategy.ended(history(), { outcome: 'completed', afterMs: Number.MAX_VALUE, byMs: Number.MAX_VALUE });
    const { changed } = strategy.knowledge.takeChanges();
    expect(changed).not.toEqual([]);
    expect(heir.knowledge.restore(changed)).toEqual([]);
  });

  it('learns nothing from what was dropped, and keeps nothing of it', () => {
    const strategy = new PredictiveStrategy();
    strategy.observed(history());
    strategy.observed(history({ ageMs: 5_000, progress: 50 }));
    strategy.ended(history({ ageMs: 6_000 }), { outcome: 'dropped' });
    expect(strategy.knowledge.models()).toEqual([]);
    expect(strategy.knowledge.takeChanges().changed).toEqual([]);
    const fresh = new PredictiveStrategy();
    expect(strategy.nextDelayMs(history({ ageMs: 6_000 }))).toBe(
      fresh.nextDelayMs(history({ ageMs: 6_000 })),
    );
  });

  it.each<[PredictiveOptions, string]>([
    [{ pollPriceMs: 0 }, 'pollPriceMs must be a finite number >= 0.001, got 0'],
    [{ minIntervalMs: NaN }, 'minIntervalMs must be a finite number >= 1, got NaN'],
    [{ maxIntervalMs: 400 }, 'maxIntervalMs must be a finite number >= 500, got 400'],
    [{ memory: 1 }, 'memory must be an integer >= 2, got 1'],
    [{ shortMemory: 2.5 }, 'shortMemory must be an integer >= 2, got 2.5'],
    [{ maxKeys: 2 }, 'maxKeys must be an integer >= 3, got 2'],
  ])('refuses %j', (options, message) => {
    expect(() => new PredictiveStrategy(options)).toThrow(new RangeError(message));
  });
});
