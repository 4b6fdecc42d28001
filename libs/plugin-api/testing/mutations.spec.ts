import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { JsonValue } from 'penstock/kernel';

import { mutationsOf, UNKNOWN_WORD, unknownWordsIn } from './mutations.js';

const titles = (mutations: readonly { readonly title: string }[]) => mutations.map(({ title }) => title);

describe('mutationsOf', () => {
  it('spoils each place of an answer, and leaves the rest', () => {
    const answer = { id: 'x', files: [{ url: 'u' }] };
    const mutations = mutationsOf(answer);
    expect(titles(mutations)).toEqual(
      expect.arrayContaining([
        'the body = null',
        '.id = -1',
        '.files = {}',
        '.files[0].url = ""',
        'no .id',
        'no .files[0].url',
      ]),
    );
    expect(mutations.find(({ title }) => title === 'no .files[0].url')?.value).toEqual({
      id: 'x',
      files: [{}],
    });
    expect(mutations.find(({ title }) => title === '.id = true')?.value).toEqual({
      id: true,
      files: [{ url: 'u' }],
    });
  });

  it('has a title of its own for each', () => {
    const all = titles(mutationsOf({ a: { b: [1, 2] }, c: null }));
    expect(new Set(all).size).toBe(all.length);
  });

  it('never changes what it is given', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const before = JSON.stringify(value);
        mutationsOf(value as JsonValue);
        expect(JSON.stringify(value)).toBe(before);
      }),
    );
  });
});

describe('unknownWordsIn', () => {
  it('replaces one text at a time, and nothing else', () => {
    const mutations = unknownWordsIn({ id: 'x', progress: 4, tags: ['a', 'b'], none: null });
    expect(mutations.map(({ value }) => value)).toEqual([
      { id: UNKNOWN_WORD, progress: 4, tags: ['a', 'b'], none: null },
      { id: 'x', progress: 4, tags: [UNKNOWN_WORD, 'b'], none: null },
      { id: 'x', progress: 4, tags: ['a', UNKNOWN_WORD], none: null },
    ]);
  });
});
