import { describe, expect, it } from 'vitest';

import { didYouMean } from './did-you-mean.js';

const KNOWN = ['label', 'baseUrl', 'limits', 'weight', 'quotaGroup', 'proxyUrl', 'expiresAt'];

describe('didYouMean', () => {
  it.each([
    ['lable', 'label'],
    ['baseURL', 'baseUrl'],
    ['base_url', 'baseUrl'],
    ['limit', 'limits'],
    ['wieght', 'weight'],
    ['proxy', undefined],
    ['secret', undefined],
    ['x', undefined],
    ['', undefined],
    ['l'.repeat(65), undefined],
  ])('takes %j for %j', (name, meant) => {
    expect(didYouMean(name, KNOWN)).toBe(meant);
  });

  it('takes the nearest of several', () => {
    expect(didYouMean('limits', ['limit', 'limits'])).toBe('limits');
  });

  it('is no help for short names that have little in common', () => {
    expect(didYouMean('id', ['ok', 'at'])).toBeUndefined();
  });
});
