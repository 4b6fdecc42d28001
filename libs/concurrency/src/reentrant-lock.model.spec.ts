import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LockWorld } from '../testing/lock-world.js';

const index = fc.nat({ max: 30 });

/** Calls come from outside, or from the context of any earlier task, whether it runs, waits or has ended. */
const op = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('enter' as const), timeoutMs: fc.constantFrom(0, 5, 20) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('enterWithin' as const),
      task: index,
      timeoutMs: fc.constantFrom(0, 5, 20),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('finish' as const), task: index, fails: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), task: index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.nat({ max: 12 }) }) },
);

describe('ReentrantLock against a model', () => {
  it('runs, ends and refuses the same tasks in the same order, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(op, { maxLength: 40 }), async (ops) => {
        const world = new LockWorld();
        for (const each of ops) {
          await world.apply(each);
          expect(world.seen()).toEqual(world.expected());
        }
        await world.finishAll();
        expect(world.seen()).toEqual(world.expected());
        expect(world.isQuiet()).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
