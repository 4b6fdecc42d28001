import { describe, expect, it } from 'vitest';

import { describePollingStrategy } from '../../testing/index.js';
import type { PollHistory } from '../ports/polling-strategy.js';
import { StagesStrategy } from './stages-strategy.js';
import type { StagesOptions } from './stages-strategy.options.js';

describePollingStrategy('StagesStrategy', () => new StagesStrategy(), { minMs: 2_000, maxMs: 10_000 });

const history = (changes: Partial<PollHistory> = {}): PollHistory => ({
  id: 'video-1',
  kind: 'video',
  ageMs: 0,
  progress: 0,
  unchangedPolls: 0,
  polls: 0,
  previousDelayMs: null,
  ...changes,
});

describe('StagesStrategy', () => {
  it.each([
    [null, 5_000],
    [0, 5_000],
    [29.9, 5_000],
    [30, 3_000],
    [69.9, 3_000],
    [70, 2_000],
    [100, 2_000],
  ])('at progress %s asks every %i ms', (progress, delayMs) => {
    expect(new StagesStrategy().nextDelayMs(history({ progress }))).toBe(delayMs);
  });

  it.each([
    [0, [5_000, 5_000, 7_500, 7_500, 7_500, 10_000, 10_000]],
    [50, [3_000, 3_000, 4_500, 4_500, 4_500, 6_750, 6_750, 6_750, 10_000, 10_000]],
    [90, [2_000, 2_000, 3_000, 3_000, 3_000, 4_500, 4_500, 4_500, 6_750, 6_750, 6_750, 10_000]],
  ])('at progress %i slows down with every third poll without change', (progress, delays) => {
    const strategy = new StagesStrategy();
    const got = delays.map((_, index) =>
      strategy.nextDelayMs(history({ progress, unchangedPolls: index + 1 })),
    );
    expect(got).toEqual(delays);
  });

  it('slows down once and no more where it is told so, as the first system of this kind did', () => {
    const strategy = new StagesStrategy({ maxSlowDowns: 1 });
    const delays = [2, 3, 6, 9, 300].map((unchangedPolls) =>
      strategy.nextDelayMs(history({ unchangedPolls })),
    );
    expect(delays).toEqual([5_000, 7_500, 7_500, 7_500, 7_500]);
    expect(new StagesStrategy({ maxSlowDowns: 0 }).nextDelayMs(history({ unchangedPolls: 9 }))).toBe(5_000);
  });

  it('returns to the interval of its stage once something changes', () => {
    expect(new StagesStrategy().nextDelayMs(history({ polls: 40, previousDelayMs: 10_000 }))).toBe(5_000);
  });

  it('takes every number from its options', () => {
    const strategy = new StagesStrategy({
      stages: [{ below: 50, intervalMs: 100 }],
      lastIntervalMs: 40,
      unchangedPolls: 1,
      slowDown: 2,
      maxIntervalMs: 300,
    });
    const delays = [0, 1, 2].map((unchangedPolls) => strategy.nextDelayMs(history({ unchangedPolls })));
    expect(delays).toEqual([100, 200, 300]);
    expect(strategy.nextDelayMs(history({ progress: 50 }))).toBe(40);
  });

  it.each<[StagesOptions, string]>([
    [{ lastIntervalMs: 0 }, 'lastIntervalMs must be a finite number >= 1, got 0'],
    [{ unchangedPolls: 1.5 }, 'unchangedPolls must be an integer >= 1, got 1.5'],
    [{ maxSlowDowns: -1 }, 'maxSlowDowns must be an integer >= 0, got -1'],
    [{ slowDown: 0.5 }, 'slowDown must be a finite number >= 1, got 0.5'],
    [{ maxIntervalMs: Infinity }, 'maxIntervalMs must be a finite number >= 1, got Infinity'],
    [
      { stages: [{ below: 50, intervalMs: NaN }] },
      'stages[0].intervalMs must be a finite number >= 1, got NaN',
    ],
    [{ stages: [{ below: 101, intervalMs: 1 }] }, 'stages[0].below must be > 0 and <= 100, got 101'],
    [
      {
        stages: [
          { below: 50, intervalMs: 1 },
          { below: 50, intervalMs: 1 },
        ],
      },
      'stages[1].below must be > 50 and <= 100, got 50',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => new StagesStrategy(options)).toThrow(new RangeError(message));
  });
});
