import fc from 'fast-check';
import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { Serials } from './serials.js';

describe('Serials', () => {
  it('rise, whatever the clock does and wherever they go on', () => {
    const step = fc.oneof(
      fc.record({ jump: fc.integer({ min: -1e9, max: 1e9 }) }),
      fc.record({ raise: fc.integer({ min: 0, max: 2e15 }) }),
      fc.constant({}),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const clock = new ManualClock();
        const serials = new Serials(clock);
        let last = 0;
        for (const { jump = 0, raise = 0 } of steps as { jump?: number; raise?: number }[]) {
          clock.jump(jump);
          serials.raise(raise);
          const serial = serials.next();
          expect(serial).toBeGreaterThan(Math.max(last, raise));
          expect(Number.isSafeInteger(serial)).toBe(true);
          last = serial;
        }
      }),
    );
  });

  it('are above those of an earlier process of which nothing is left, as long as the clock goes on', () => {
    const clock = new ManualClock();
    const before = new Serials(clock).next();
    clock.jump(1);
    expect(new Serials(clock).next()).toBeGreaterThan(before);
  });
});
