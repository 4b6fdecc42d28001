import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { throttled } from './throttle.js';

describe('throttled', () => {
  it('lets through so many bytes a second', async () => {
    const clock = new ManualClock();
    let got = 0;
    const chunks = [Buffer.alloc(250), Buffer.alloc(750)];
    const reading = (async () => {
      const pace = { bytesPerSecond: 100, clock, signal: new AbortController().signal };
      for await (const piece of throttled(chunks, pace)) got += piece.length;
    })();
    await clock.advance(4_999);
    expect(got).toBeGreaterThanOrEqual(490);
    expect(got).toBeLessThanOrEqual(510);
    await clock.advance(5_001);
    await reading;
    expect(got).toBe(1000);
    expect(clock.pendingTimers).toBe(0);
  });

  it('stops when nobody listens', async () => {
    const clock = new ManualClock();
    const listener = new AbortController();
    let got = 0;
    const reading = (async () => {
      const pace = { bytesPerSecond: 10, clock, signal: listener.signal };
      for await (const piece of throttled([Buffer.alloc(100)], pace)) got += piece.length;
    })();
    await clock.advance(1_000);
    listener.abort();
    await reading;
    expect(got).toBeLessThan(20);
    expect(clock.pendingTimers).toBe(0);
  });
});
