import { aToken } from 'penstock/token-cache/testing';
import { expect, it } from 'vitest';

import { censusOf, totalOf } from './token-census.js';

const NOW = 1_000_000;

it('counts tokens by provider and state', () => {
  const tokens = [
    aToken({ id: 'a', provider: 'acme' }),
    aToken({ id: 'b', provider: 'acme', coolingUntil: NOW + 1 }),
    aToken({ id: 'c', provider: 'acme', coolingUntil: NOW }),
    aToken({ id: 'd', provider: 'acme', enabled: false }),
    aToken({ id: 'e', provider: 'zeta', expiresAt: NOW }),
    aToken({ id: 'f', provider: 'zeta', quotaRemaining: 0, quotaResetsAt: NOW + 1 }),
  ];
  const census = censusOf(tokens, NOW);
  expect([...census]).toEqual([
    ['acme', { ready: 2, cooling: 1, exhausted: 0, expired: 0, disabled: 1 }],
    ['zeta', { ready: 0, cooling: 0, exhausted: 1, expired: 1, disabled: 0 }],
  ]);
  expect(totalOf(census)).toEqual({ ready: 2, cooling: 1, exhausted: 1, expired: 1, disabled: 1 });
});

it('counts nothing where there is nothing', () => {
  expect(censusOf([], NOW).size).toBe(0);
  expect(totalOf(new Map())).toEqual({ ready: 0, cooling: 0, exhausted: 0, expired: 0, disabled: 0 });
});
