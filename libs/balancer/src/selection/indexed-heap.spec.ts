import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type HeapItem, IndexedHeap } from './indexed-heap.js';

interface Item extends HeapItem {
  key: number;
}

const step = fc.record({
  do: fc.constantFrom('push', 'push', 'change', 'remove'),
  pick: fc.nat(),
  key: fc.nat(20),
});

describe('IndexedHeap', () => {
  it('gives the least of its members, whatever was pushed, changed and removed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const heap = new IndexedHeap<Item>((left, right) => left.key < right.key);
        const members: Item[] = [];
        for (const { do: action, pick, key } of steps) {
          const member = members[pick % Math.max(1, members.length)];
          if (action === 'push') {
            const item = { key, place: -1 };
            members.push(item);
            heap.update(item);
          } else if (member !== undefined && action === 'change') {
            member.key = key;
            heap.update(member);
          } else if (member !== undefined) {
            members.splice(members.indexOf(member), 1);
            heap.remove(member);
            expect(member.place).toBe(-1);
          }
          expect(heap.size).toBe(members.length);
          expect(heap.peek()?.key ?? Infinity).toBe(Math.min(Infinity, ...members.map((each) => each.key)));
          expect(new Set(members.map(({ place }) => place)).size).toBe(members.length);
        }
      }),
    );
  });

  it('leaves alone what is in no heap', () => {
    const heap = new IndexedHeap<Item>(() => false);
    heap.push({ key: 1, place: -1 });
    heap.remove({ key: 2, place: -1 });
    expect(heap.size).toBe(1);
  });
});
