import { describe, expect, it } from 'vitest';

import { resolveBatchOptions } from './batch.options.js';

describe('the options of batches', () => {
  it('have their defaults, and are frozen', () => {
    const options = resolveBatchOptions({ pageSize: 7 });
    expect(options).toEqual({
      maxItems: 100_000,
      pageSize: 7,
      abortGraceMs: 5_000,
      stopTimeoutMs: 5_000,
      retryPauseMs: 1_000,
    });
    expect(Object.isFrozen(options)).toBe(true);
  });

  it.each([
    [{ maxItems: 0 }, 'maxItems must be an integer >= 1, got 0'],
    [{ pageSize: 1.5 }, 'pageSize must be an integer >= 1, got 1.5'],
    [{ abortGraceMs: -1 }, 'abortGraceMs must be >= 0, got -1'],
    [{ retryPauseMs: Number.NaN }, 'retryPauseMs must be >= 0, got NaN'],
  ])('refuse %j', (options, problem) => {
    expect(() => resolveBatchOptions(options)).toThrow(new RangeError(problem));
  });
});
