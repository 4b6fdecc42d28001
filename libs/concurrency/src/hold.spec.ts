import { collectGarbage } from 'penstock/kernel/testing';
import { expect, it } from 'vitest';

import { Hold } from './hold.js';

it('contexts that lead to one another without end keep no chain of holds that are over', async () => {
  const lock = {};
  const marks: WeakRef<object>[] = [];
  let left = Infinity;
  let done = (): void => undefined;
  const ended = new Promise<void>((resolve) => (done = resolve));
  /** Each hold begins within the one before, which then ends at once. */
  const again = (rounds: number): void => {
    const mark = { rounds };
    marks.push(new WeakRef(mark));
    // The hold keeps its release, and so the mark.
    void new Hold(lock, () => (mark.rounds = -1)).run(async () => {
      await new Promise((turn) => setImmediate(turn));
      if (rounds > 0) {
        again(rounds - 1);
        return;
      }
      collectGarbage();
      left = marks.filter((each) => each.deref() !== undefined).length;
      done();
    });
  };
  again(50);
  await ended;
  expect(marks).toHaveLength(51);
  expect(left).toBeLessThan(10);
});
