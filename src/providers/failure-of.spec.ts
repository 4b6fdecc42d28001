import { ProviderError, type ProviderFailure } from 'penstock/plugin-api';
import { expect, it } from 'vitest';

import { failureOf } from './failure-of.js';

it.each(['changes', 'reads'] as const)('takes the word of a ProviderError (%s)', (effect) => {
  const failure: ProviderFailure = { kind: 'rate_limited', retryAfterMs: 5 };

  expect(failureOf(new ProviderError(failure, 'slow down'), effect)).toBe(failure);
});

it.each([new Error('bug'), new TypeError('x is undefined'), 'text', undefined, null])(
  'takes %j as ambiguous where something may have changed, and as transient otherwise',
  (error) => {
    expect(failureOf(error, 'changes')).toEqual({ kind: 'ambiguous' });
    expect(failureOf(error, 'reads')).toEqual({ kind: 'transient', retryAfterMs: null });
  },
);
