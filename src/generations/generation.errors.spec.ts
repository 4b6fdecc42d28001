import { describe, expect, it } from 'vitest';

import { GenerationError } from './generation.errors.js';

describe('GenerationError', () => {
  it('has the category that its code stands for', () => {
    expect(GenerationError.of('not_finished', 'x')).toMatchObject({
      code: 'not_finished',
      category: 'conflict',
    });
    expect(GenerationError.of('shutting_down', 'x', { retryAfterMs: 5 })).toMatchObject({
      category: 'unavailable',
      retryAfterMs: 5,
    });
  });

  it('repeats of a wrong id only the begin', () => {
    expect(GenerationError.notFound('x'.repeat(500)).message).toHaveLength(
      'There is no generation "" that this key may see.'.length + 100,
    );
  });
});
