import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Intervals } from './intervals.js';

describe('Intervals', () => {
  it('has no length without any', () => {
    expect(new Intervals().total()).toBe(0);
  });

  it('covers as many moments as any of the intervals do', () => {
    const interval = fc.tuple(fc.nat(60), fc.nat(20)).map(([from, length]) => [from, from + length] as const);
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 12 }), (unordered) => {
        const ordered = [...unordered].sort(([, one], [, other]) => one - other);
        const intervals = new Intervals();
        const moments = new Set<number>();
        for (const [from, to] of ordered) {
          intervals.add(from, to);
          for (let moment = from; moment < to; moment += 1) moments.add(moment);
        }
        expect(intervals.total()).toBe(moments.size);
      }),
    );
  });
});
