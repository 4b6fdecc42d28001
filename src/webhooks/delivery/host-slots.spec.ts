import { setImmediate } from 'node:timers/promises';

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';

import { HostSlots } from './host-slots.js';

describe('HostSlots', () => {
  let slots: HostSlots;
  const under = new Map<string, ((isWell: boolean) => void)[]>();
  const ask = (host: string): Promise<void> =>
    slots.run(host, () => new Promise((resolve) => under.set(host, [...activeOf(host), resolve])));
  const activeOf = (host: string): ((isWell: boolean) => void)[] => under.get(host) ?? [];
  const end = async (host: string, isWell = true): Promise<void> => {
    const [first, ...others] = activeOf(host);
    under.set(host, others);
    first?.(isWell);
    await setImmediate();
  };
  const counts = (...hosts: string[]): number[] => hosts.map((host) => activeOf(host).length);

  beforeEach(() => {
    under.clear();
    slots = new HostSlots(() => ({ maxActive: 4, maxActivePerHost: 2 }));
  });

  it('bounds each host, and all of them', async () => {
    for (let n = 0; n < 5; n += 1) for (const host of ['a', 'b', 'c']) void ask(host);
    await setImmediate();
    expect(counts('a', 'b', 'c').reduce((sum, count) => sum + count)).toBe(4);
    expect(Math.max(...counts('a', 'b', 'c'))).toBeLessThanOrEqual(2);
    expect(slots.active).toBe(4);
  });

  it('lets the others by while one host hangs, whatever waits for that one', async () => {
    for (let n = 0; n < 100; n += 1) void ask('dead');
    for (let n = 0; n < 6; n += 1) void ask('well');
    await setImmediate();
    for (let n = 0; n < 6; n += 1) {
      expect(counts('dead', 'well')).toEqual([2, Math.min(2, 6 - n)]);
      await end('well');
    }
  });

  it('asks a host that fails by one attempt at a time until one succeeds', async () => {
    for (let n = 0; n < 8; n += 1) void ask('a');
    await setImmediate();
    await end('a', false);
    await end('a', false);
    expect(counts('a')).toEqual([1]);
    await end('a');
    expect(counts('a')).toEqual([2]);
  });

  it('gives a slot back when an attempt throws', async () => {
    await expect(slots.run('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(slots.active).toBe(0);
  });

  it('runs everything in the end, never beyond the bounds', async () => {
    const attempt = fc.record({
      host: fc.constantFrom('a', 'b', 'c'),
      isWell: fc.boolean(),
      turns: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(attempt, { maxLength: 40 }), async (attempts) => {
        const bounded = new HostSlots(() => ({ maxActive: 3, maxActivePerHost: 2 }));
        const active: Record<string, number> = { a: 0, b: 0, c: 0 };
        let done = 0;
        const run = ({ host, isWell, turns }: (typeof attempts)[number]): Promise<void> =>
          bounded.run(host, async () => {
            active[host] = (active[host] ?? 0) + 1;
            expect(active[host]).toBeLessThanOrEqual(2);
            expect(Object.values(active).reduce((sum, count) => sum + count)).toBeLessThanOrEqual(3);
            for (let left = turns; left > 0; left -= 1) await setImmediate();
            active[host] -= 1;
            done += 1;
            return isWell;
          });
        await Promise.all(attempts.map(run));
        expect([done, bounded.active]).toEqual([attempts.length, 0]);
      }),
      { numRuns: 30 },
    );
  });
});
