import fc from 'fast-check';
import type { BalancingStrategy, Candidate } from 'penstock/balancer';
import type { Random } from 'penstock/kernel';
import { SeededRandom } from 'penstock/kernel/testing';
import { aToken } from 'penstock/token-cache/testing';
import { describe, expect, it } from 'vitest';

/** A candidate whose work can be changed. */
export type FakeCandidate = { -readonly [Key in keyof Candidate]: Candidate[Key] };

/** A candidate with its own token, in no selection yet. */
export function aCandidate(id: string, changes: Partial<FakeCandidate> = {}): FakeCandidate {
  const work = { weight: 1, inFlight: 0, limit: Infinity, quotaResetsAt: null };
  return { token: aToken({ id }), ...work, place: -1, rank: -1, turn: 0, ...changes };
}

/** What a strategy promises beyond what all do. */
export interface StrategyPromises {
  /** Whether equal tokens are used equally often: within 5 % of each other over a long time. @defaultValue true */
  readonly even?: boolean;
}

const load = fc.record({
  inFlight: fc.nat(3),
  limit: fc.constantFrom(4, 10, Infinity),
  weight: fc.constantFrom(0.5, 1, 5),
  quotaResetsAt: fc.constantFrom(null, 1, 2),
});
const step = fc.record({
  do: fc.constantFrom('add', 'add', 'remove', 'change', 'take', 'take'),
  pick: fc.nat(),
  load,
});

/** What every {@link BalancingStrategy} keeps to. */
export function describeBalancingStrategy(
  name: string,
  make: (random: Random) => BalancingStrategy,
  { even = true }: StrategyPromises = {},
): void {
  describe(`${name} as a BalancingStrategy`, () => {
    it('gives one of its members while it has any, whatever was added, removed, changed and taken', () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 80 }), fc.nat(), (steps, seed) => {
          const selection = make(new SeededRandom(seed)).createSelection<FakeCandidate>();
          const inside: FakeCandidate[] = [];
          const outside = Array.from({ length: 8 }, (_, index) => aCandidate(`token-${index}`));
          for (const { do: action, pick, load: changes } of steps) {
            const member = inside[pick % Math.max(1, inside.length)];
            const next = selection.peek();
            if (action === 'add') {
              const [added] = outside.splice(pick % Math.max(1, outside.length), 1);
              if (added === undefined) continue;
              selection.add(added);
              inside.push(added);
            } else if (action === 'take') {
              if (next !== undefined) selection.take(next);
            } else if (member !== undefined && action === 'change') {
              Object.assign(member, changes);
              selection.update(member);
            } else if (member !== undefined) {
              selection.remove(member);
              inside.splice(inside.indexOf(member), 1);
              outside.push(member);
            }
            const first = selection.peek();
            if (inside.length === 0) expect(first).toBeUndefined();
            else expect(inside).toContain(first);
            expect(selection.peek()).toBe(first);
          }
        }),
      );
    });

    it('keeps selections apart', () => {
      const strategy = make(new SeededRandom(1));
      const [one, other] = [strategy.createSelection(), strategy.createSelection()];
      one.add(aCandidate('a'));
      expect(other.peek()).toBeUndefined();
    });

    it('leaves out no token of equals for good', () => {
      const used = usesOf(make(new SeededRandom(1)), 5, 400);
      expect(used.every((uses) => uses > 0)).toBe(true);
    });

    it.runIf(even)('uses equal tokens equally often, within 5 % of the ideal', () => {
      const rounds = 40_000;
      for (const uses of usesOf(make(new SeededRandom(7)), 10, rounds)) {
        expect(Math.abs(uses / (rounds / 10) - 1)).toBeLessThan(0.05);
      }
    });
  });
}

/** How often each of `size` equal tokens is used, of which three serve something at any time. */
function usesOf(strategy: BalancingStrategy, size: number, rounds: number): readonly number[] {
  const selection = strategy.createSelection<FakeCandidate>();
  const members = Array.from({ length: size }, (_, index) => aCandidate(`token-${index}`));
  for (const member of members) selection.add(member);
  const uses = new Map(members.map((member) => [member, 0]));
  const serving: FakeCandidate[] = [];
  const change = (candidate: FakeCandidate, by: number): void => {
    candidate.inFlight += by;
    selection.update(candidate);
  };
  for (let round = 0; round < rounds; round++) {
    const next = selection.peek();
    if (next === undefined) throw new Error('It has members and gives none.');
    selection.take(next);
    uses.set(next, (uses.get(next) ?? 0) + 1);
    change(next, 1);
    serving.push(next);
    const [done] = serving.length > 3 ? serving.splice(0, 1) : [];
    if (done !== undefined) change(done, -1);
  }
  return [...uses.values()];
}
