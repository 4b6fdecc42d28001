import fc from 'fast-check';
import type { BalancingStrategy, Candidate, CandidatePool } from 'penstock/balancer';
import type { Random } from 'penstock/kernel';
import { SeededRandom } from 'penstock/kernel/testing';
import { aToken } from 'penstock/token-cache/testing';
import { describe, expect, it } from 'vitest';

const MOST_PROBES = 64;

/** A candidate with its own token. */
export function aCandidate(
  id: string,
  { inFlight = 0, limit = Infinity, weight = 1 }: { inFlight?: number; limit?: number; weight?: number } = {},
): Candidate {
  return { token: aToken({ id, weight }), inFlight, limit };
}

/** A pool whose tokens are candidates or, where it says `undefined`, are not. It counts the positions looked at. */
export class FakePool implements CandidatePool {
  readonly probed: number[] = [];

  constructor(private readonly entries: readonly (Candidate | undefined)[]) {}

  get size(): number {
    return this.entries.length;
  }

  at(position: number): Candidate | undefined {
    this.probed.push(position);
    return this.entries[position];
  }
}

const load = fc.record({
  inFlight: fc.nat(3),
  limit: fc.constantFrom(4, 10, Infinity),
  weight: fc.constantFrom(0, 1, 5),
});
const candidates = fc
  .array(load, { minLength: 1, maxLength: 30 })
  .map((loads) => loads.map((each, index) => aCandidate(`token-${index}`, each)));
const seed = fc.nat();

/** What every {@link BalancingStrategy} keeps to. */
export function describeBalancingStrategy(name: string, make: (random: Random) => BalancingStrategy): void {
  describe(`${name} as a BalancingStrategy`, () => {
    it('probes few positions, all of them in the pool, and picks one that it saw', () => {
      const pools = fc.array(fc.option(load, { nil: undefined }), { minLength: 1, maxLength: 300 });
      fc.assert(
        fc.property(pools, seed, (loads, seeded) => {
          const entries = loads.map((each, index) => each && aCandidate(`token-${index}`, each));
          const pool = new FakePool(entries);
          const picked = make(new SeededRandom(seeded)).probe(pool);
          const seen = pool.probed.map((position) => entries[position]);
          expect(pool.probed.length).toBeLessThanOrEqual(MOST_PROBES);
          expect(pool.probed.every((each) => Number.isInteger(each) && each >= 0 && each < pool.size)).toBe(
            true,
          );
          if (picked === undefined) expect(seen.every((each) => each === undefined)).toBe(true);
          else expect(seen).toContain(picked);
        }),
      );
    });

    it('picks one of the candidates that it may choose from', () => {
      fc.assert(
        fc.property(candidates, seed, (from, seeded) => {
          const [first, ...others] = from;
          if (first === undefined) return;
          expect(from).toContain(make(new SeededRandom(seeded)).choose([first, ...others]));
        }),
      );
    });

    it('leaves out no token of equals for good', () => {
      const entries = Array.from({ length: 5 }, (_, index) => aCandidate(`token-${index}`));
      const [first, ...others] = entries;
      if (first === undefined) throw new Error('There are five.');
      const strategy = make(new SeededRandom(1));
      const rounds = Array.from({ length: 400 });
      const probed = new Set(rounds.map(() => strategy.probe(new FakePool(entries))?.token.id));
      const chosen = new Set(rounds.map(() => strategy.choose([first, ...others]).token.id));
      expect(probed.size).toBe(5);
      expect(chosen.size).toBe(5);
    });
  });
}
