import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { aLeaseRequest } from '../../testing/index.js';
import { PRIORITIES, type Priority } from './priority.js';
import { comesBefore } from './turn.js';
import { Waiter } from './waiter.js';
import { WaiterTree } from './waiter-tree.js';

const place = { positionOf: () => null, estimatedWaitMs: () => null, cancel: () => undefined };
const times = { since: 0, headStartMs: 5 };
const aWaiter = (ticket: number, excluded: readonly string[], asked: Partial<Asked> = {}): Waiter => {
  const request = aLeaseRequest({ excluded: new Set(excluded) });
  const { priority = 'normal', at = 0, order = ticket } = asked;
  return new Waiter({ request, place, ticket, priority, asked: { at, order }, ...times });
};

interface Asked {
  readonly priority: Priority;
  readonly at: number;
  readonly order: number;
}

const inTurn = (left: Waiter, right: Waiter): number => (comesBefore(left.turn, right.turn) ? -1 : 1);

const TOKENS = ['a', 'b', 'c'];
const step = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    asked: fc.record({ priority: fc.constantFrom(...PRIORITIES), at: fc.nat({ max: 12 }), order: fc.nat(9) }),
    excluded: fc.subarray(TOKENS),
  }),
  fc.record({ do: fc.constant('remove' as const), pick: fc.nat() }),
  fc.record({ do: fc.constant('reckon' as const), headStartMs: fc.nat({ max: 8 }) }),
);

describe('WaiterTree', () => {
  it('equals a list that is kept in order, whoever joins and leaves', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const tree = new WaiterTree();
        let list: Waiter[] = [];
        for (const [order, each] of steps.entries()) {
          if (each.do === 'add') {
            const waiter = aWaiter(order, each.excluded, each.asked);
            tree.add(waiter);
            list = [...list, waiter].sort(inTurn);
          } else if (each.do === 'reckon') {
            tree.reckon(each.headStartMs);
            list.sort(inTurn);
          } else {
            const [waiter] = list.splice(each.pick % Math.max(1, list.length), 1);
            if (waiter !== undefined) tree.remove(waiter);
          }
          expect([...tree]).toEqual(list);
          expect([tree.size, tree.first]).toEqual([list.length, list[0]]);
          expect(tree.mostExcluded).toBe(Math.max(0, ...list.map(({ excluded }) => excluded.size)));
          expect(list.map((waiter) => tree.positionOf(waiter))).toEqual(list.map((_, index) => index + 1));
          expect(list.map(({ turn }) => tree.countBefore(turn))).toEqual(list.map((_, index) => index));
          for (const token of TOKENS) {
            expect(tree.firstFor(token)).toBe(list.find(({ excluded }) => !excluded.has(token)));
          }
        }
      }),
    );
  });

  it('has no place for whom it does not hold', () => {
    const tree = new WaiterTree();
    tree.add(aWaiter(1, []));
    expect(tree.positionOf(aWaiter(2, []))).toBeNull();
    tree.remove(aWaiter(2, []));
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
      const asked = { at: 0, order };
      tree.add(new Waiter({ request, place, priority: 'normal', ticket: order, asked, ...times }));
    }
    const last = aWaiter(10_000, []);
    tree.add(last);
    looks = 0;
    expect(tree.firstFor('failed')).toBe(last);
    expect(looks).toBeLessThan(100);
  });
});
