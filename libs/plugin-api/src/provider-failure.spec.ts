import { CodedError } from 'penstock/kernel';
import { describe, expect, it } from 'vitest';

import { ProviderError, type ProviderFailure } from './provider-failure.js';

const FAILURES: readonly [ProviderFailure, string][] = [
  [{ kind: 'rate_limited', retryAfterMs: 1500 }, 'rate_limited'],
  [{ kind: 'unauthorized' }, 'upstream'],
  [{ kind: 'quota_exhausted', resetsAt: 1 }, 'rate_limited'],
  [{ kind: 'content_policy' }, 'invalid_input'],
  [{ kind: 'invalid_request', param: 'size' }, 'invalid_input'],
  [{ kind: 'edge_challenge', retryAfterMs: null }, 'unavailable'],
  [{ kind: 'transient', retryAfterMs: 20 }, 'unavailable'],
  [{ kind: 'ambiguous' }, 'upstream'],
];

describe('ProviderError', () => {
  it.each(FAILURES)('has the kind as its code and a category: %j', (failure, category) => {
    const error = new ProviderError(failure, 'POST /jobs: 4xx');
    expect(error).toBeInstanceOf(CodedError);
    expect(error).toMatchObject({ name: 'ProviderError', code: failure.kind, category, failure });
    expect(error.message).toBe('POST /jobs: 4xx');
  });

  it('keeps what led to it', () => {
    const cause = new Error('socket hang up');
    expect(new ProviderError({ kind: 'ambiguous' }, 'No answer', { cause }).cause).toBe(cause);
    expect(new ProviderError({ kind: 'ambiguous' }, 'No answer')).not.toHaveProperty('cause');
  });
});
