import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PollBudget } from './poll-budget.js';

const MINUTE_MS = 60_000;

/** Asks whenever the steps say so. @returns when it was allowed */
function spendAll(budget: PollBudget, steps: readonly number[], from: number): number[] {
  const spent: number[] = [];
  let now = from;
  for (const step of steps) {
    now += step;
    if (budget.opensAt > now) continue;
    budget.spend(now);
    spent.push(now);
  }
  return spent;
}

/** Most requests in any minute. */
function mostInAMinute(times: readonly number[]): number {
  const within = (from: number) => times.filter((time) => time >= from && time < from + MINUTE_MS - 0.001);
  return Math.max(0, ...times.map((from) => within(from).length));
}

describe('PollBudget', () => {
  it('spaces requests evenly, but for a small burst', () => {
    const budget = new PollBudget(60, -MINUTE_MS * 10);
    const spent = spendAll(
      budget,
      Array.from({ length: 7_000 }, () => 10),
      0,
    );
    const gaps = spent.slice(1).map((time, index) => time - (spent[index] ?? 0));
    expect(gaps.slice(0, 4)).toEqual([10, 10, 10, 1_030]);
    expect(mostInAMinute(spent)).toBeGreaterThan(55);
  });

  it('allows no more than so many in any minute, whenever they come, across a restart and further charges', () => {
    const steps = fc.array(fc.oneof(fc.nat(200), fc.nat(20_000)), { maxLength: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), steps, steps, (perMinute, before, after) => {
        const spent = spendAll(new PollBudget(perMinute, 0), before, 0);
        const restartedAt = before.reduce((sum, step) => sum + step, 0);
        spent.push(...spendAll(new PollBudget(perMinute, restartedAt), after, restartedAt));
        expect(mostInAMinute(spent)).toBeLessThanOrEqual(perMinute);
      }),
    );
  });

  it('starts empty, and is full after a minute at the latest', () => {
    const budget = new PollBudget(30, 1_000);
    expect(budget.opensAt).toBeGreaterThan(1_000);
    expect(budget.fullAt).toBeLessThanOrEqual(1_000 + MINUTE_MS);
  });

  it('opens later for what was charged beyond it', () => {
    const budget = new PollBudget(6, -MINUTE_MS);
    budget.spend(0, 4);
    expect(budget.opensAt).toBe(40_000);
  });

  it('keeps what was spent when its rate changes', () => {
    const budget = new PollBudget(6, -MINUTE_MS);
    budget.spend(0);
    budget.change(12, 0);
    expect(budget.opensAt).toBe(5_000);
    budget.change(12, 4_000);
    expect(budget.opensAt).toBe(5_000);
  });
});
