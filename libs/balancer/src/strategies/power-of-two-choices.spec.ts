import { SeededRandom } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { aCandidate, describeBalancingStrategy, FakePool } from '../../testing/index.js';
import type { Candidate } from '../ports/balancing-strategy.js';
import { PowerOfTwoChoices } from './power-of-two-choices.js';

describeBalancingStrategy('PowerOfTwoChoices', (random) => new PowerOfTwoChoices(random));

describe('PowerOfTwoChoices', () => {
  const strategy = new PowerOfTwoChoices(new SeededRandom(7));
  /** How often the first of two is probed out of 200 times. */
  const share = (...pair: [Candidate, Candidate]): number =>
    Array.from({ length: 200 }).filter(() => strategy.probe(new FakePool(pair)) === pair[0]).length / 200;

  it('takes the one with fewer in flight', () => {
    expect(share(aCandidate('idle'), aCandidate('working', { inFlight: 1 }))).toBeGreaterThan(0.95);
  });

  it('takes equals equally often', () => {
    const ofFirst = share(aCandidate('a'), aCandidate('b'));
    expect(ofFirst).toBeGreaterThan(0.35);
    expect(ofFirst).toBeLessThan(0.65);
  });

  it('gives a heavier token more work', () => {
    const heavy = aCandidate('heavy', { weight: 4, inFlight: 2 });
    expect(share(heavy, aCandidate('light', { inFlight: 0 }))).toBeGreaterThan(0.95);
    expect(share(heavy, aCandidate('idle and nearly as heavy', { weight: 2 }))).toBeLessThan(0.05);
  });

  it('measures by the limits where both have one', () => {
    const small = aCandidate('small', { inFlight: 1, limit: 2 });
    expect(share(aCandidate('large', { inFlight: 5, limit: 100 }), small)).toBeGreaterThan(0.95);
    expect(share(aCandidate('no limit', { inFlight: 5 }), small)).toBeLessThan(0.05);
  });

  it('takes a token of weight 0 only when there is no other', () => {
    const reserve = aCandidate('reserve', { weight: 0 });
    expect(share(reserve, aCandidate('loaded', { inFlight: 50 }))).toBeLessThan(0.05);
    expect(strategy.probe(new FakePool([reserve]))).toBe(reserve);
  });

  it('sees nothing where nothing is, and leaves the choice to a full look', () => {
    expect(strategy.probe(new FakePool([undefined, undefined]))).toBeUndefined();
    expect(strategy.choose([aCandidate('rare')]).token.id).toBe('rare');
  });

  it('spreads work nearly evenly', () => {
    const counts = new Map(Array.from({ length: 50 }, (_, index) => [`token-${index}`, 0]));
    for (let round = 0; round < 5_000; round++) {
      const pool = new FakePool([...counts].map(([id, inFlight]) => aCandidate(id, { inFlight })));
      const id = strategy.probe(pool)?.token.id ?? 'none';
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect(counts.size).toBe(50);
    expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThan(12);
  });
});
