import type { Random } from 'penstock/kernel';
import { SeededRandom } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { aCandidate, describeBalancingStrategy, type FakeCandidate } from '../../testing/index.js';
import type { BalancingStrategy, Selection } from '../ports/balancing-strategy.js';
import { LeastInFlight } from './least-in-flight.js';
import { PowerOfTwoChoices } from './power-of-two-choices.js';
import { QuotaAware } from './quota-aware.js';
import { RandomChoice } from './random-choice.js';
import { RoundRobin } from './round-robin.js';
import { Weighted } from './weighted.js';

describeBalancingStrategy('RandomChoice', (random) => new RandomChoice(random));
describeBalancingStrategy('RoundRobin', () => new RoundRobin());
describeBalancingStrategy('LeastInFlight', () => new LeastInFlight());
describeBalancingStrategy('PowerOfTwoChoices', (random) => new PowerOfTwoChoices(random));
describeBalancingStrategy('Weighted', () => new Weighted());
describeBalancingStrategy('QuotaAware', () => new QuotaAware());

const of = (strategy: BalancingStrategy, ...members: FakeCandidate[]): Selection<FakeCandidate> => {
  const selection = strategy.createSelection<FakeCandidate>();
  for (const member of members) selection.add(member);
  return selection;
};
const takeNext = (selection: Selection<FakeCandidate>): string => {
  const next = selection.peek();
  if (next === undefined) throw new Error('It is empty.');
  selection.take(next);
  return next.token.id;
};
const take = (selection: Selection<FakeCandidate>, times: number): string =>
  Array.from({ length: times }, () => takeNext(selection)).join(' ');

describe('RoundRobin', () => {
  it('goes round, and lets one that comes back go before those that were used since', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => aCandidate(id));
    if (a === undefined || b === undefined || c === undefined) throw new Error('There are three.');
    const selection = of(new RoundRobin(), a, b, c);
    expect(new Set(take(selection, 3).split(' '))).toEqual(new Set(['a', 'b', 'c']));
    expect(take(selection, 3)).toBe(take(selection, 3));
    selection.remove(b);
    take(selection, 4);
    selection.add(b);
    expect(takeNext(selection)).toBe('b');
  });
});

describe('LeastInFlight', () => {
  it('takes the one with the fewest, and equals in turn', () => {
    const idle = aCandidate('idle');
    const selection = of(new LeastInFlight(), aCandidate('busy', { inFlight: 2 }), idle);
    expect(take(selection, 2)).toBe('idle idle');
    idle.inFlight = 2;
    selection.update(idle);
    expect(take(selection, 4)).toBe('busy idle busy idle');
  });
});

describe('QuotaAware', () => {
  it('spends first what is filled up soonest, and last what is not known', () => {
    const soon = aCandidate('soon', { quotaResetsAt: 100 });
    const selection = of(
      new QuotaAware(),
      aCandidate('unknown'),
      aCandidate('later', { quotaResetsAt: 200 }),
      soon,
    );
    expect(take(selection, 2)).toBe('soon soon');
    soon.quotaResetsAt = null;
    selection.update(soon);
    expect(takeNext(selection)).toBe('later');
  });
});

describe('Weighted', () => {
  it('gives shares by weight, evenly spread', () => {
    const selection = of(new Weighted(), aCandidate('a', { weight: 2 }), aCandidate('b'), aCandidate('c'));
    const turns = take(selection, 4_000).split(' ');
    expect(turns.filter((id) => id === 'a')).toHaveLength(2_000);
    expect(turns.filter((id) => id === 'b')).toHaveLength(1_000);
    for (let at = 0; at < 3_996; at += 4) {
      expect(turns.slice(at, at + 5).filter((id) => id === 'a').length).toBeLessThanOrEqual(3);
    }
  });

  it('neither rewards nor punishes a token for the time that it was out', () => {
    const [a, b] = [aCandidate('a'), aCandidate('b')];
    const selection = of(new Weighted(), a, b);
    take(selection, 10);
    selection.remove(b);
    take(selection, 100);
    selection.add(b);
    expect(
      take(selection, 10)
        .split(' ')
        .filter((id) => id === 'b').length,
    ).toBeLessThanOrEqual(6);
  });
});

describe('PowerOfTwoChoices', () => {
  /** How often the first of two is drawn out of 200 times. */
  const share = (...[first, second]: [FakeCandidate, FakeCandidate]): number => {
    const random: Random = new SeededRandom(7);
    let firsts = 0;
    for (let round = 0; round < 200; round++) {
      const pair = [first, second].map((each) => ({ ...each }));
      if (takeNext(of(new PowerOfTwoChoices(random), ...pair)) === first.token.id) firsts += 1;
    }
    return firsts / 200;
  };

  it('takes the one with fewer in flight', () => {
    expect(share(aCandidate('idle'), aCandidate('working', { inFlight: 1 }))).toBe(1);
  });

  it('takes equals equally often', () => {
    const ofFirst = share(aCandidate('a'), aCandidate('b'));
    expect(ofFirst).toBeGreaterThan(0.4);
    expect(ofFirst).toBeLessThan(0.6);
  });

  it('gives a heavier token more work', () => {
    const heavy = aCandidate('heavy', { weight: 4, inFlight: 2 });
    expect(share(heavy, aCandidate('light'))).toBe(1);
    expect(share(heavy, aCandidate('idle and nearly as heavy', { weight: 2 }))).toBe(0);
  });

  it('measures by the limits where both have one', () => {
    const small = aCandidate('small', { inFlight: 1, limit: 2 });
    expect(share(aCandidate('large', { inFlight: 5, limit: 100 }), small)).toBe(1);
    expect(share(aCandidate('no limit', { inFlight: 5 }), small)).toBe(0);
  });

  it('spreads work nearly evenly', () => {
    const members = Array.from({ length: 50 }, (_, index) => aCandidate(`token-${index}`));
    const selection = of(new PowerOfTwoChoices(new SeededRandom(3)), ...members);
    for (let round = 0; round < 5_000; round++) {
      const next = selection.peek();
      if (next === undefined) throw new Error('It is empty.');
      selection.take(next);
      next.inFlight += 1;
      selection.update(next);
    }
    const counts = members.map(({ inFlight }) => inFlight);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThan(8);
  });
});
