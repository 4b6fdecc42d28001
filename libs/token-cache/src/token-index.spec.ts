import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { aToken } from '../testing/index.js';
import type { PooledToken } from './pooled-token.js';
import { TokenIndex } from './token-index.js';

const token = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    provider: fc.constantFrom('acme', 'other'),
    enabled: fc.boolean(),
  })
  .map((changes) => aToken(changes));
const step = fc.oneof(
  token.map((put) => ({ put, remove: undefined })),
  fc.constantFrom('a', 'b', 'c', 'd', 'e').map((remove) => ({ put: undefined, remove })),
);
const byId = (tokens: Iterable<PooledToken>): PooledToken[] =>
  [...tokens].sort((left, right) => left.id.localeCompare(right.id));

describe('TokenIndex', () => {
  it('agrees with filtered maps after any changes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const index = new TokenIndex();
        const model = new Map<string, PooledToken>();
        for (const { put, remove } of steps) {
          if (put !== undefined) {
            index.put(put);
            model.set(put.id, put);
          } else {
            expect(index.remove(remove)).toBe(model.get(remove));
            model.delete(remove);
          }
          const all = byId(model.values());
          expect(byId(index.tokens.values())).toEqual(all);
          expect(byId(index.active)).toEqual(all.filter((entry) => entry.enabled));
          for (const provider of ['acme', 'other', 'unknown']) {
            expect(byId(index.ofProvider(provider))).toEqual(
              all.filter((entry) => entry.provider === provider),
            );
          }
        }
      }),
    );
  });

  it('replaces a token where it is', () => {
    const index = new TokenIndex();
    for (const id of ['a', 'b', 'c']) index.put(aToken({ id }));
    index.put(aToken({ id: 'b', version: 2 }));
    expect(index.ofProvider('acme').map(({ id, version }) => `${id}${version}`)).toEqual(['a1', 'b2', 'c1']);
  });

  it('copies nothing: the lists are the same arrays before and after a change', () => {
    const index = new TokenIndex();
    index.put(aToken({ id: 'a' }));
    const { active, tokens } = index;
    const ofAcme = index.ofProvider('acme');
    index.put(aToken({ id: 'b' }));
    expect(index.active).toBe(active);
    expect(index.tokens).toBe(tokens);
    expect(index.ofProvider('acme')).toBe(ofAcme);
  });
});
