import { describe, expect, it } from 'vitest';

import { type PollSettings, resolvePollDeadlines, resolvePollSettings } from './polling.options.js';

describe('resolvePollSettings', () => {
  it('fills in the documented defaults', () => {
    expect(resolvePollSettings({})).toEqual({
      maxActive: 64,
      maxActivePerToken: 4,
      maxActivePerOrigin: 64,
      tokenPollsPerMinute: 0,
      originPollsPerMinute: 0,
      listWindowMs: 5_000,
      maxListed: 100,
      pollTimeoutMs: 30_000,
      abortGraceMs: 5_000,
      backOffBaseMs: 1_000,
      backOffMaxMs: 30_000,
      minDelayMs: 100,
      maxPollAfterMs: 60_000,
      longestNetMs: 180_000,
      stopTimeoutMs: 5_000,
    });
  });

  it('changes only what is named, and freezes the result', () => {
    const base = resolvePollSettings({ maxActive: 8, backOffMaxMs: 2_000 });
    const settings = resolvePollSettings({ backOffMaxMs: 4_000 }, base);
    expect(settings).toEqual({ ...base, backOffMaxMs: 4_000 });
    expect(Object.isFrozen(settings)).toBe(true);
  });

  it.each<[Partial<PollSettings>, string]>([
    [{ maxActive: 0 }, 'maxActive must be an integer >= 1, got 0'],
    [{ maxActivePerToken: 1.5 }, 'maxActivePerToken must be an integer >= 1, got 1.5'],
    [{ pollTimeoutMs: 0 }, 'pollTimeoutMs must be a finite number >= 1, got 0'],
    [{ abortGraceMs: -1 }, 'abortGraceMs must be a finite number >= 0, got -1'],
    [{ backOffBaseMs: NaN }, 'backOffBaseMs must be a finite number >= 1, got NaN'],
    [{ backOffMaxMs: 999 }, 'backOffMaxMs must be a finite number >= 1000, got 999'],
    [{ minDelayMs: 0 }, 'minDelayMs must be a finite number >= 1, got 0'],
    [{ maxPollAfterMs: Infinity }, 'maxPollAfterMs must be a finite number >= 0, got Infinity'],
    [{ stopTimeoutMs: -1 }, 'stopTimeoutMs must be a finite number >= 0, got -1'],
  ])('refuses %j', (changes, message) => {
    expect(() => resolvePollSettings(changes)).toThrow(new RangeError(message));
  });
});

describe('resolvePollDeadlines', () => {
  it('adds to the defaults', () => {
    expect(resolvePollDeadlines({ audio: 1_000, image: 2_000 })).toEqual({
      default: 1_500_000,
      video: 1_500_000,
      image: 2_000,
      audio: 1_000,
    });
  });

  it('refuses a deadline that is not above 0', () => {
    expect(() => resolvePollDeadlines({ audio: 0 })).toThrow(
      new RangeError('deadlineMs.audio must be a finite number >= 1, got 0'),
    );
  });
});
