import { describe, expect, it } from 'vitest';

import { PollPaces } from './poll-paces.js';

/** Ten seconds in which every poll begins a second late. */
function crowd(paces: PollPaces, origin: string): void {
  for (let now = 0; now <= 10_000; now += 100) paces.of(origin).began(1_000, 1_500, now);
}

describe('PollPaces', () => {
  it('keeps a pace for each origin, and tells the longest', () => {
    const paces = new PollPaces();
    expect(paces.stretch).toBe(1);
    crowd(paces, 'a');
    expect(paces.of('a').stretch).toBeGreaterThan(2);
    expect(paces.of('b').stretch).toBe(1);
    expect(paces.stretch).toBe(paces.of('a').stretch);
  });

  it('is bounded', () => {
    const paces = new PollPaces();
    crowd(paces, 'first');
    for (let origin = 0; origin < 999; origin += 1) paces.of(String(origin));
    expect(paces.stretch).toBeGreaterThan(2);
    paces.of('one more');
    expect(paces.stretch).toBe(1);
  });
});
