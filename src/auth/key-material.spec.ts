import { describe, expect, it } from 'vitest';

import { couldBeKey, hashKey, newKey, sameHash, shownPrefix } from './key-material.js';

describe('key material', () => {
  it('makes keys that are recognisable and never the same', () => {
    const keys = new Set(Array.from({ length: 100 }, newKey));
    expect(keys.size).toBe(100);
    for (const key of keys) expect(key).toMatch(/^psk_[A-Za-z0-9_-]{43}$/);
  });

  it('shows too little of a key to guess the rest', () => {
    const key = newKey();
    expect(shownPrefix(key)).toBe(key.slice(0, 10));
  });

  it('hashes by SHA-256', () => {
    expect(hashKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('compares hashes, also of different lengths', () => {
    expect(sameHash(hashKey('a'), hashKey('a'))).toBe(true);
    expect(sameHash(hashKey('a'), hashKey('b'))).toBe(false);
    expect(sameHash(hashKey('a'), 'short')).toBe(false);
  });

  it.each([
    ['', false],
    ['a', true],
    ['a'.repeat(512), true],
    ['a'.repeat(513), false],
  ])('knows of some texts at a glance that they are no key', (text, could) => {
    expect(couldBeKey(text)).toBe(could);
  });
});
