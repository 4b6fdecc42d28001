import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Lru } from './lru.js';

describe('Lru', () => {
  it('drops the entry unused for longest', () => {
    const dropped: string[] = [];
    const lru = new Lru<number, string>(2, (value) => dropped.push(value));
    lru.set(1, 'one');
    lru.set(2, 'two');
    expect(lru.get(1)).toBe('one');
    lru.set(3, 'three');
    expect(dropped).toEqual(['two']);
    expect([lru.get(1), lru.get(2), lru.get(3)]).toEqual(['one', undefined, 'three']);
  });

  it('drops each value once: when it is replaced, deleted or cleared', () => {
    const dropped: string[] = [];
    const lru = new Lru<number, string>(9, (value) => dropped.push(value));
    lru.set(1, 'a');
    lru.set(1, 'b');
    lru.set(2, 'c');
    lru.delete(2);
    lru.delete(2);
    lru.clear();
    lru.clear();
    expect(dropped).toEqual(['a', 'c', 'b']);
    expect(lru.size).toBe(0);
  });

  it('never holds more than its limit, and loses nothing silently', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(9)), (limit, keys) => {
        let dropped = 0;
        const lru = new Lru<number, object>(limit, () => (dropped += 1));
        for (const key of keys) {
          if (lru.get(key) === undefined) lru.set(key, {});
          expect(lru.size).toBeLessThanOrEqual(limit);
        }
        const held = lru.size;
        lru.clear();
        expect(dropped).toBeGreaterThanOrEqual(held);
      }),
    );
  });
});
