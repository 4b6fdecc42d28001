import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { GenerationError } from '../../generations/generation.errors.js';
import { CopyAnew, CopyRefused } from './copy-refused.js';
import { afterFailure } from './copy-schedule.js';

const LIMITS = { firstPauseMs: 100, longestPauseMs: 1_000, maxAttempts: 10 };
const NOW = 1_700_000_000_000;
const after = (attempts: number, error: unknown, limits = LIMITS) =>
  afterFailure({ attempts }, error, limits, NOW);
const busy = (retryAfterMs: number): GenerationError =>
  GenerationError.of('upstream_busy', 'busy', { retryAfterMs });

describe('afterFailure', () => {
  it('doubles the pause with each failure, up to the longest', () => {
    const pauses = [0, 1, 2, 3, 4, 8].map((attempts) => after(attempts, new Error('no')).pauseMs);
    expect(pauses).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('counts the attempt, says when the next one is, and why', () => {
    expect(after(2, new CopyAnew('changed'))).toEqual({
      attempts: 3,
      lastError: 'changed',
      pauseMs: 400,
      nextAttemptAt: NOW + 400,
    });
    expect(after(0, 'text').lastError).toBe('text');
    expect(after(0, new Error('x'.repeat(1_000))).lastError).toHaveLength(500);
  });

  it('waits as long as the upstream asks, within the longest pause', () => {
    expect([50, 700, 60_000].map((ms) => after(0, busy(ms)).pauseMs)).toEqual([100, 700, 1_000]);
  });

  it.each([
    ['a refused file', new CopyRefused('too large')],
    ['a token that is gone', GenerationError.of('token_gone', 'gone')],
    ['a provider without files', GenerationError.of('not_supported', 'none')],
    ['a file that it does not have', GenerationError.of('asset_not_found', 'none')],
  ])('gives up at once for %s', (_what, error) => {
    expect(after(0, error)).toEqual({ status: 'dead', attempts: 1, lastError: error.message });
  });

  it('takes the no of an upstream for a while', () => {
    const refused = GenerationError.of('upstream_failed', 'no');
    expect([0, 3, 4].map((attempts) => after(attempts, refused).status)).toEqual([
      undefined,
      undefined,
      'dead',
    ]);
  });

  it('never plans an attempt in the past, too far away, or beyond the last', () => {
    const pause = fc.integer({ min: 1, max: 10_000_000 });
    const limitsOf = fc.record({
      firstPauseMs: pause,
      longestPauseMs: pause,
      maxAttempts: fc.integer({ min: 1, max: 1_000 }),
    });
    fc.assert(
      fc.property(fc.nat({ max: 2_000 }), limitsOf, fc.nat(), (made, limits, asked) => {
        const patch = after(made, busy(asked), limits);
        expect(patch.attempts).toBe(made + 1);
        expect(patch.status).toBe(made + 1 >= limits.maxAttempts ? 'dead' : undefined);
        if (patch.status === 'dead') return;
        expect(patch.pauseMs).toBeGreaterThan(0);
        expect(patch.pauseMs).toBeLessThanOrEqual(limits.longestPauseMs);
        expect(patch.nextAttemptAt).toBe(NOW + Number(patch.pauseMs));
      }),
    );
  });
});
