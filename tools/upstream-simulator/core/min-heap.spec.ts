import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MinHeap } from './min-heap.js';

describe('MinHeap', () => {
  it('is empty at first', () => {
    const heap = new MinHeap<string>();
    expect(heap.peek()).toBeUndefined();
    expect(heap.pop()).toBeUndefined();
  });

  it('gives values back in the order of their keys', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (keys) => {
        const heap = new MinHeap<number>();
        for (const key of keys) heap.push(key, key);
        const popped = keys.map(() => heap.pop());
        expect(popped).toEqual([...keys].sort((a, b) => a - b));
        expect(heap.pop()).toBeUndefined();
      }),
    );
  });

  it('stays ordered while pushes and pops alternate', () => {
    const command = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant('pop' as const));
    fc.assert(
      fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
        const heap = new MinHeap<number>();
        const model: number[] = [];
        for (const next of commands) {
          if (next === 'pop') {
            expect(heap.peek()?.key).toBe(model[0]);
            expect(heap.pop()).toBe(model.shift());
          } else {
            heap.push(next, next);
            model.push(next);
            model.sort((a, b) => a - b);
          }
        }
      }),
    );
  });
});
