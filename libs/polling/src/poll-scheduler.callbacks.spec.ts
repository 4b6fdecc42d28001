import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { aPollScheduler, type FakePollTarget } from '../testing/index.js';
import { aTrack, pending } from '../testing/poll-scripts.js';
import { MemoryPollJournal } from './strategies/memory-poll-journal.js';
import type { PollScheduler } from './poll-scheduler.js';

const CHANNEL = 'acme https://acme.example';
const NET_MS = 120_000;
const DONE = { outcome: 'ended', end: 'completed' } as const;

interface Parts {
  readonly clock: ManualClock;
  readonly target: FakePollTarget;
  readonly scheduler: PollScheduler;
}

/** One generation after another whose end is found at `foundMs`; a callback comes `lateMs` after that, or before if negative. */
async function gothrough(
  { clock, target, scheduler }: Parts,
  ends: readonly ({ readonly lateMs: number } | 'silent')[],
): Promise<void> {
  for (const [index, end] of ends.entries()) {
    const id = `past ${index} at ${clock.monotonic()}`;
    target.script = () => DONE;
    scheduler.track(aTrack({ id, callbacks: CHANNEL, firstDelayMs: 1_000 }));
    const calledAt = end === 'silent' ? Infinity : 1_000 + end.lateMs;
    await clock.advance(Math.min(calledAt, 20_000));
    if (end !== 'silent') scheduler.called(id);
    await clock.advance(20_000);
  }
  target.script = () => pending();
}

const times = <T>(count: number, each: T): T[] => Array.from({ length: count }, () => each);

/** Milliseconds from the start of a tracking to its first poll, which nobody asked for. */
function firstDelayOf({ clock, scheduler }: Parts, more: Partial<Parameters<typeof aTrack>[0]> = {}): number {
  scheduler.track(aTrack({ id: 'probe', callbacks: CHANNEL, ...more }));
  const at = scheduler.nextPollAt('probe') ?? Number.NaN;
  scheduler.untrack('probe');
  return at - clock.now();
}

describe('PollScheduler where callbacks are expected', () => {
  it('polls as ever until some have come', async () => {
    const parts = aPollScheduler();
    expect(firstDelayOf(parts)).toBe(5_000);
    await gothrough(parts, times(3, 'silent'));
    expect(firstDelayOf(parts)).toBe(5_000);
  });

  it('polls less and less as they come, and others as ever', async () => {
    const parts = aPollScheduler();
    await gothrough(parts, times(9, { lateMs: -500 }));
    const some = firstDelayOf(parts);
    expect(some).toBeGreaterThan(45_000);
    await gothrough(parts, times(20, { lateMs: -500 }));
    expect(firstDelayOf(parts)).toBeGreaterThan(100_000);
    expect(firstDelayOf(parts, { callbacks: 'another' })).toBe(5_000);
  });

  it('counts one that comes when a poll has found the end already, for a while', async () => {
    const parts = aPollScheduler();
    await gothrough(parts, times(9, { lateMs: 14_000 }));
    expect(firstDelayOf(parts)).toBeGreaterThan(45_000);
    const others = aPollScheduler();
    await gothrough(others, times(9, { lateMs: 16_000 }));
    expect(firstDelayOf(others)).toBe(5_000);
  });

  it('polls as ever after three ends in a row without one', async () => {
    const parts = aPollScheduler();
    await gothrough(parts, times(30, { lateMs: -500 }));
    await gothrough(parts, ['silent']);
    const afterOne = firstDelayOf(parts);
    expect(afterOne).toBeGreaterThan(5_000);
    await gothrough(parts, times(2, 'silent'));
    expect(firstDelayOf(parts)).toBe(5_000);
  });

  it('brings forward what was put off when callbacks begin to stay away', async () => {
    const parts = aPollScheduler();
    const { clock, target, scheduler } = parts;
    await gothrough(parts, times(30, { lateMs: -500 }));
    scheduler.track(aTrack({ id: 'put off', callbacks: CHANNEL, remainingMs: 3_600_000 }));
    const before = target.polled.length;
    target.script = (id) => (id === 'put off' ? pending() : DONE);
    for (const id of ['a', 'b']) scheduler.track(aTrack({ id, callbacks: CHANNEL, firstDelayMs: 100 }));
    await clock.advance(15_050);
    expect(target.polled.slice(before)).toEqual(['a', 'b']);
    await clock.advance(100);
    expect(target.polled.slice(before)).toEqual(['a', 'b', 'put off']);
  });

  it('never puts a poll off beyond half of what is left, and not at all where that is set', async () => {
    const parts = aPollScheduler();
    await gothrough(parts, times(30, { lateMs: -500 }));
    expect(firstDelayOf(parts, { remainingMs: 60_000 })).toBe(30_000);
    expect(firstDelayOf(parts, { remainingMs: 6_000 })).toBe(5_000);
    parts.scheduler.configure({ longestNetMs: 0 });
    expect(firstDelayOf(parts)).toBe(5_000);
  });

  it('tells clients when news may be had, not when the net is', async () => {
    const parts = aPollScheduler({ longestNetMs: NET_MS });
    const { clock, scheduler } = parts;
    await gothrough(parts, times(30, { lateMs: -500 }));
    scheduler.track(aTrack({ id: 'g', callbacks: CHANNEL }));
    const inMs = (at: number | null): number => (at ?? Number.NaN) - clock.now();
    expect([inMs(scheduler.newsAt('g')), inMs(scheduler.nextPollAt('g'))]).toEqual([5_000, NET_MS]);
    await clock.advance(7_000);
    expect([inMs(scheduler.newsAt('g')), inMs(scheduler.nextPollAt('g'))]).toEqual([5_000, NET_MS - 7_000]);
    await clock.advance(111_000);
    expect(inMs(scheduler.newsAt('g'))).toBe(2_000);
    expect(scheduler.newsAt('unknown')).toBeNull();
  });
});

describe('a callback', () => {
  it('has the generation polled at once, and no other way than a poll', async () => {
    const clock = new ManualClock();
    const journal = new MemoryPollJournal(clock);
    const { target, scheduler, ...fixture } = aPollScheduler({}, { journal });
    scheduler.track(aTrack({ callbacks: CHANNEL }));
    await fixture.clock.advance(1_000);
    scheduler.called('g1');
    await fixture.clock.advance(0);
    expect(target.polled).toEqual(['g1']);
    expect(journal.of('g1')?.polls).toMatchObject([{ reason: 'callback', outcome: 'pending' }]);
    expect(scheduler.stats().tracked).toBe(1);
  });

  it('that is repeated leads to no more polls than the shortest delay allows', async () => {
    const { clock, target, scheduler } = aPollScheduler({ minDelayMs: 400 });
    scheduler.track(aTrack({ callbacks: CHANNEL }));
    for (let ms = 0; ms < 2_000; ms += 10) {
      scheduler.called('g1');
      await clock.advance(10);
    }
    expect(target.polled).toHaveLength(6);
  });

  it('waits for a Retry-After, and for the budget of its token', async () => {
    const { clock, target, scheduler } = aPollScheduler({ tokenPollsPerMinute: 1 });
    target.script = () => ({ outcome: 'error', retryAfterMs: 30_000 });
    scheduler.track(aTrack({ callbacks: CHANNEL, firstDelayMs: 60_000, remainingMs: 600_000 }));
    await clock.advance(60_000);
    expect(target.polled).toHaveLength(1);
    scheduler.called('g1');
    await clock.advance(59_000);
    expect(target.polled).toHaveLength(1);
    await clock.advance(2_000);
    expect(target.polled).toHaveLength(2);
  });

  it('that comes while the upstream is asked leads to another question', async () => {
    const { clock, target, scheduler } = aPollScheduler();
    target.script = async () => {
      await clock.sleep(1_000);
      return pending();
    };
    scheduler.track(aTrack({ callbacks: CHANNEL, firstDelayMs: 0 }));
    await clock.advance(500);
    scheduler.called('g1');
    await clock.advance(600);
    expect(target.polled).toHaveLength(2);
  });

  it('tells the moment of the end where the upstream does not', async () => {
    const ends: unknown[] = [];
    const strategy = {
      nextDelayMs: () => 100_000,
      ended: (_: unknown, end: unknown) => ends.push(end),
    };
    const { clock, target, scheduler } = aPollScheduler({ strategy });
    scheduler.track(aTrack({ callbacks: CHANNEL }));
    await clock.advance(42_000);
    target.script = async () => {
      await clock.sleep(700);
      return DONE;
    };
    scheduler.called('g1');
    await clock.advance(1_000);
    expect(ends).toEqual([{ outcome: 'completed', afterMs: 42_000, byMs: 42_000 }]);
  });

  it('about an id that nobody knows changes nothing', async () => {
    const { clock, target, scheduler } = aPollScheduler();
    scheduler.called('unknown');
    await clock.advance(1_000);
    expect([target.polled, clock.pendingTimers]).toEqual([[], 0]);
  });
});
