import { describe, expect, it } from 'vitest';

import { BoundedCacheStore } from './bounded-cache-store.js';

describe('BoundedCacheStore', () => {
  it('lets the entry go that was not used for the longest time', async () => {
    const store = new BoundedCacheStore(2);
    store.set('a', '1');
    store.set('b', '2');
    await store.get('a');
    store.set('c', '3');
    expect(await Promise.all(['a', 'b', 'c'].map((key) => store.get(key)))).toEqual(['1', undefined, '3']);
    expect(store.size).toBe(2);
  });

  it('does not grow when it is told the same again', () => {
    const store = new BoundedCacheStore(2);
    for (let round = 0; round < 10; round++) store.set('a', String(round));
    expect(store.size).toBe(1);
  });

  it('deletes and clears', async () => {
    const store = new BoundedCacheStore(2);
    store.set('a', '1');
    expect(await store.delete('a')).toBe(true);
    expect(await store.delete('a')).toBe(false);
    store.set('b', '1');
    await store.clear();
    expect(store.size).toBe(0);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a size of %d', (size) => {
    expect(() => new BoundedCacheStore(size)).toThrow(`maxEntries must be an integer >= 1, got ${size}`);
  });
});
