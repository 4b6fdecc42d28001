import fc from 'fast-check';
import type { JsonObject } from 'penstock/kernel';
import { describe, expect, it } from 'vitest';

import { applyMergePatch, overlay } from './merge-patch.js';

/** The examples of RFC 7396, appendix A, whose target and patch are objects. */
const EXAMPLES: readonly (readonly [JsonObject, JsonObject, JsonObject])[] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

const json = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => value as JsonObject);

describe('applyMergePatch', () => {
  it.each(EXAMPLES)('turns %j by %j into %j', (target, patch, result) => {
    const copies = structuredClone([target, patch]);
    expect(applyMergePatch(target, patch)).toEqual(result);
    expect([target, patch]).toEqual(copies);
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const once = applyMergePatch(target, patch);
        expect(applyMergePatch(once, patch)).toEqual(once);
      }),
    );
  });

  it('takes a member named __proto__ for one like any other', () => {
    const patch = JSON.parse('{ "__proto__": { "polluted": true } }') as JsonObject;
    const patched = applyMergePatch({}, patch);
    expect(Object.hasOwn(patched, '__proto__')).toBe(true);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('overlay', () => {
  it('merges objects, and lets null win like anything else', () => {
    expect(overlay({ a: 1, b: { c: 2, d: 3 } }, { a: null, b: { c: null } })).toEqual({
      a: null,
      b: { c: null, d: 3 },
    });
  });
});
