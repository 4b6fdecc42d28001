import { aCandidate, describeBalancingStrategy, type FakeCandidate } from 'penstock/balancer/testing';
import { aToken } from 'penstock/token-cache/testing';
import { expect, it } from 'vitest';

import { Contracts } from './contracts.js';
import { FlatRateFirst } from './flat-rate-first.strategy.js';

const strategy = (): FlatRateFirst => new FlatRateFirst(new Contracts());

describeBalancingStrategy('flat-rate-first', strategy);

it('uses flat rates first, in turn, and the others when there is none', () => {
  const selection = strategy().createSelection<FakeCandidate>();
  const [metered, north, south] = ['metered', 'flat-north', 'flat-south'].map((label) =>
    aCandidate(label, { token: aToken({ id: label, label }) }),
  );
  const taken: (string | undefined)[] = [];
  const take = (): void => {
    const next = selection.peek();
    taken.push(next?.token.label);
    if (next !== undefined) selection.take(next);
  };
  for (const candidate of [metered, north, south]) if (candidate !== undefined) selection.add(candidate);
  take();
  take();
  take();
  expect([...taken.slice(0, 2)].sort()).toEqual(['flat-north', 'flat-south']);
  expect(taken[2]).toBe(taken[0]);
  for (const candidate of [north, south]) if (candidate !== undefined) selection.remove(candidate);
  take();
  expect(taken[3]).toBe('metered');
});
