import { ManualClock } from 'penstock/kernel/testing';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';

import { Bell, Bells } from './bell.js';

let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
});

describe('Bell', () => {
  it('wakes the one who waits, and forgets the timer', async () => {
    const bell = new Bell(clock);
    const waiting = bell.wait(1_000);
    bell.ring();
    expect(await waiting).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('lets nobody wait for longer than the bound', async () => {
    const bell = new Bell(clock);
    const waiting = bell.wait(1_000);
    await clock.advance(1_000);
    expect(await waiting).toBe(false);
  });

  it('keeps a ring for the next wait, once however often it rang', async () => {
    const bell = new Bell(clock);
    bell.ring();
    bell.ring();
    expect(await bell.wait(1_000)).toBe(true);
    const waiting = bell.wait(1_000);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(1_000);
    expect(await waiting).toBe(false);
  });

  it('misses no ring, whenever it comes', async () => {
    const acts = fc.array(fc.constantFrom('ring', 'turn', 'time'), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(acts, async (script) => {
        const bell = new Bell(clock);
        let [rung, heard, isOver] = [0, 0, false];
        const listening = (async () => {
          for (; !isOver; heard = rung) await bell.wait(10);
        })();
        for (const act of script) {
          if (act === 'ring') {
            rung += 1;
            bell.ring();
          } else if (act === 'turn') await new Promise((turn) => setImmediate(turn));
          else await clock.advance(3);
        }
        await new Promise((turn) => setImmediate(turn));
        expect(heard).toBe(rung);
        isOver = true;
        bell.ring();
        await listening;
        expect(clock.pendingTimers).toBe(0);
      }),
    );
  });
});

describe('Bells', () => {
  it('ring at the end, but for those that were removed', async () => {
    const bells = new Bells(clock);
    const [one, two, gone] = [bells.add(), bells.add(), bells.add()];
    bells.remove(gone);
    const waiting = [one.wait(1_000), two.wait(1_000), gone.wait(1_000)];
    expect(bells.isOver).toBe(false);
    bells.end();
    expect(bells.isOver).toBe(true);
    await clock.advance(1_000);
    expect(await Promise.all(waiting)).toEqual([true, true, false]);
  });
});
