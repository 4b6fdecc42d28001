import { getEventListeners } from 'node:events';

import { ManualClock } from 'penstock/kernel/testing';
import { beforeEach, describe, expect, it } from 'vitest';

describe('Clock.sleep', () => {
  let clock: ManualClock;
  let first: AbortController;
  let second: AbortController;
  const listeners = (): number[] =>
    [first, second].map(({ signal }) => getEventListeners(signal, 'abort').length);

  beforeEach(() => {
    clock = new ManualClock();
    first = new AbortController();
    second = new AbortController();
  });

  it('ends when its time is up, and listens no longer', async () => {
    const slept = clock.sleep(1_000, first.signal, second.signal);
    expect(listeners()).toEqual([1, 1]);
    await clock.advance(1_000);
    await slept;
    expect(listeners()).toEqual([0, 0]);
  });

  it.each([0, 1])('ends when signal %i aborts, and leaves no timer and no listener', async (index) => {
    const slept = clock.sleep(1_000, first.signal, second.signal);
    [first, second][index]?.abort();
    await slept;
    expect([clock.pendingTimers, ...listeners()]).toEqual([0, 0, 0]);
  });

  it('does not begin when a signal has aborted', async () => {
    second.abort();
    await clock.sleep(1_000, undefined, first.signal, second.signal);
    expect([clock.pendingTimers, ...listeners()]).toEqual([0, 0, 0]);
  });
});
