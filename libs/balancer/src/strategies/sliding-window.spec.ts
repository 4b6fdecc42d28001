import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SlidingWindow, WINDOW_MS } from './sliding-window.js';

const most = fc.integer({ min: 1, max: 5 });
const pauses = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 60 });

describe('SlidingWindow', () => {
  it('lets through so many in any 60 seconds, never more', () => {
    fc.assert(
      fc.property(most, pauses, (limit, waits) => {
        const window = new SlidingWindow();
        const passed: number[] = [];
        let now = 0;
        for (const wait of waits) {
          now += wait;
          const within = passed.filter((at) => at > now - WINDOW_MS);
          const free = window.freeAt(limit, now) <= now;
          expect(free).toBe(within.length < limit);
          if (!free) continue;
          window.record(now, now);
          passed.push(now);
        }
      }),
    );
  });

  it('tells exactly when the next one may pass', () => {
    fc.assert(
      fc.property(most, pauses, (limit, waits) => {
        const window = new SlidingWindow();
        let now = 0;
        for (const wait of waits) {
          now = Math.max(now + wait, window.freeAt(limit, now));
          expect(window.freeAt(limit, now)).toBeLessThanOrEqual(now);
          window.record(now, now);
          const next = window.freeAt(limit, now);
          if (next > now) expect(window.freeAt(limit, next - 1)).toBe(next);
        }
      }),
    );
  });

  it('sorts in what happened before', () => {
    const window = new SlidingWindow();
    window.record(50_000, 50_000);
    window.record(10_000, 50_000);
    expect(window.freeAt(2, 50_000)).toBe(70_000);
  });

  it('is empty again after a minute, and keeps nothing older', () => {
    const window = new SlidingWindow();
    expect(window.isEmpty(0)).toBe(true);
    for (let at = 0; at < 1_000; at++) window.record(at, at);
    expect(window.isEmpty(WINDOW_MS + 998)).toBe(false);
    expect(window.isEmpty(WINDOW_MS + 999)).toBe(true);
    expect(window.freeAt(1, WINDOW_MS + 999)).toBe(-Infinity);
  });
});
