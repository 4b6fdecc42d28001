import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { aLeaseRequest } from '../../testing/index.js';
import { Waiter } from './waiter.js';
import { WaiterTree } from './waiter-tree.js';

const place = { positionOf: () => null, estimatedWaitMs: () => null, cancel: () => undefined };
const aWaiter = (order: number, front: boolean, excluded: readonly string[]): Waiter =>
  new Waiter({ request: aLeaseRequest({ excluded: new Set(excluded) }), place, front, order, since: 0 });

const TOKENS = ['a', 'b', 'c'];
const step = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    front: fc.boolean(),
    excluded: fc.subarray(TOKENS),
  }),
  fc.record({ do: fc.constant('remove' as const), pick: fc.nat() }),
);

describe('WaiterTree', () => {
  it('equals a list that is kept in order, whoever joins and leaves', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const tree = new WaiterTree();
        let list: Waiter[] = [];
        for (const [order, each] of steps.entries()) {
          if (each.do === 'add') {
            const waiter = aWaiter(order, each.front, each.excluded);
            tree.add(waiter);
            list = [...list, waiter].sort((left, right) => left.turn - right.turn);
          } else {
            const [waiter] = list.splice(each.pick % Math.max(1, list.length), 1);
            if (waiter !== undefined) tree.remove(waiter);
          }
          expect([...tree]).toEqual(list);
          expect([tree.size, tree.first]).toEqual([list.length, list[0]]);
          expect(tree.mostExcluded).toBe(Math.max(0, ...list.map(({ excluded }) => excluded.size)));
          expect(list.map((waiter) => tree.positionOf(waiter))).toEqual(list.map((_, index) => index + 1));
          for (const token of TOKENS) {
            expect(tree.firstFor(token)).toBe(list.find(({ excluded }) => !excluded.has(token)));
          }
        }
      }),
    );
  });

  it('has no place for whom it does not hold', () => {
    const tree = new WaiterTree();
    tree.add(aWaiter(1, false, []));
    expect(tree.positionOf(aWaiter(2, false, []))).toBeNull();
    tree.remove(aWaiter(2, false, []));
    expect(tree.size).toBe(1);
  });

  it('stays shallow when waiters come in order', () => {
    let looks = 0;
    class Watched extends Set<string> {
      override has(token: string): boolean {
        looks += 1;
        return super.has(token);
      }
    }
    const tree = new WaiterTree();
    for (let order = 0; order < 10_000; order++) {
      const request = aLeaseRequest({ excluded: new Watched(['failed']) });
      tree.add(new Waiter({ request, place, front: false, order, since: 0 }));
    }
    const last = new Waiter({ request: aLeaseRequest(), place, front: false, order: 10_000, since: 0 });
    tree.add(last);
    looks = 0;
    expect(tree.firstFor('failed')).toBe(last);
    expect(looks).toBeLessThan(100);
  });
});
