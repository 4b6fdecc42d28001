import { describe, expect, it } from 'vitest';

import { classifyVerification } from './verify-by.js';

describe('classifyVerification', () => {
  it.each([401, 403])('takes %d as a credential that is not good', (status) => {
    expect(classifyVerification({ status, headers: {}, body: '' })).toEqual({ kind: 'unauthorized' });
  });

  it('takes a challenge, and everything else, as always', () => {
    const headers = { 'cf-mitigated': 'challenge' };
    expect(classifyVerification({ status: 403, headers, body: '' })).toBeUndefined();
    expect(classifyVerification({ status: 429, headers: {}, body: '' })).toBeUndefined();
  });
});
