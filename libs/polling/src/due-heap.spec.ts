import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DueHeap, type DueNode } from './due-heap.js';

interface Named extends DueNode {
  readonly name: number;
}

const nodes = (): Named[] =>
  Array.from({ length: 12 }, (_, name) => ({ name, dueAt: 0, order: 0, position: -1 }));

describe('DueHeap', () => {
  it('gives the earliest, and of equal times the one scheduled first, whatever is scheduled, moved and removed', () => {
    const step = fc.record({
      name: fc.nat(11),
      dueAt: fc.oneof(fc.nat(5), fc.double({ noNaN: true })),
      removes: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.nat(6), (steps, now) => {
        const all = nodes();
        const heap = new DueHeap<Named>();
        let model: { name: number; dueAt: number }[] = [];
        for (const { name, dueAt, removes } of steps) {
          const node = all[name];
          if (node === undefined) continue;
          model = model.filter((each) => each.name !== name);
          if (removes) heap.remove(node);
          else heap.schedule(node, dueAt);
          if (!removes) model.push({ name, dueAt });
          // Sorting is stable, and what was scheduled last comes last.
          model.sort((a, b) => a.dueAt - b.dueAt);
          expect([heap.size, heap.first?.name]).toEqual([model.length, model[0]?.name]);
        }
        expect(heap.front(3)[0]?.name).toBe(model[0]?.name);
        const due: number[] = [];
        for (let node = heap.popDue(now); node !== undefined; node = heap.popDue(now)) due.push(node.name);
        expect(due).toEqual(model.filter(({ dueAt }) => dueAt <= now).map(({ name }) => name));
        expect(all.filter(({ position }) => position >= 0)).toHaveLength(heap.size);
      }),
    );
  });

  it('ignores the removal of what it does not hold', () => {
    const heap = new DueHeap<Named>();
    const [one, other] = nodes();
    if (one === undefined || other === undefined) throw new Error('There are 12 nodes.');
    heap.schedule(one, 1);
    heap.remove(other);
    heap.remove(one);
    heap.remove(one);
    expect([heap.size, heap.first]).toEqual([0, undefined]);
  });
});
