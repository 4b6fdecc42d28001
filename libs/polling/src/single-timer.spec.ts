import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { SingleTimer } from './single-timer.js';

function setUp(): { clock: ManualClock; timer: SingleTimer; firedAt: number[] } {
  const clock = new ManualClock();
  const firedAt: number[] = [];
  const timer = new SingleTimer(clock, () => firedAt.push(clock.monotonic()));
  return { clock, timer, firedAt };
}

describe('SingleTimer', () => {
  it('fires once, at the time that was set last', async () => {
    const { clock, timer, firedAt } = setUp();
    timer.set(100);
    timer.set(50);
    timer.set(70);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(500);
    expect(firedAt).toEqual([70]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('can be set again to the time at which it has just fired', async () => {
    const { clock, timer, firedAt } = setUp();
    timer.set(10);
    await clock.advance(10);
    timer.set(10);
    await clock.advance(0);
    expect(firedAt).toEqual([10, 10]);
  });

  it('never fires once it is set to infinity', async () => {
    const { clock, timer, firedAt } = setUp();
    timer.set(10);
    timer.set(Infinity);
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(100);
    expect(firedAt).toEqual([]);
  });
});
