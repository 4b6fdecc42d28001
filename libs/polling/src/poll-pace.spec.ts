import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PollPace } from './poll-pace.js';

/** Polls at the same distance for a while, each so late; of each id one comes every `intervalMs`. */
interface Spell {
  readonly perSecond: number;
  readonly lateMs: number;
  readonly forMs: number;
  readonly intervalMs?: number;
}

function after(spells: readonly Spell[], pace = new PollPace(), from = 0): PollPace {
  let now = from;
  for (const { perSecond, lateMs, forMs, intervalMs = 4_000 } of spells) {
    const endsAt = now + forMs;
    for (; now <= endsAt; now += 1_000 / perSecond) pace.began(lateMs, intervalMs, now);
  }
  return pace;
}

/** Ids that want a poll every `wantedMs` of a process that makes so many a second: the stretch, and how late polls are, second by second. */
function overloaded(ids: number, wantedMs: number, perSecond: number, seconds: number) {
  const pace = new PollPace();
  const line = Array.from({ length: ids }, (_, index) => ({
    answeredAt: 0,
    dueAt: (index * wantedMs) / ids,
  }));
  const seen: { readonly stretch: number; readonly lateMs: number }[] = [];
  for (let second = 0; second < seconds; second += 1) {
    let lateMs = 0;
    for (let slot = 0; slot < perSecond; slot += 1) {
      const now = second * 1_000 + (slot * 1_000) / perSecond;
      const next = line.reduce((first, one) => (one.dueAt < first.dueAt ? one : first));
      if (next.dueAt > now) continue;
      lateMs = Math.max(lateMs, now - next.dueAt);
      pace.began(now - next.dueAt, now - next.answeredAt, now);
      next.answeredAt = now;
      next.dueAt = now + pace.pauseMs(wantedMs);
    }
    seen.push({ stretch: pace.stretch, lateMs });
  }
  return seen;
}

describe('PollPace', () => {
  it('leaves pauses as they are while polls begin in time', () => {
    const pace = after([{ perSecond: 50, lateMs: 25, forMs: 100_000 }]);
    expect([pace.stretch, pace.pauseMs(4_000)]).toEqual([1, 4_000]);
  });

  it('minds no moment in which the process did something else', () => {
    const pace = new PollPace();
    for (let now = 0; now < 100_000; now += 20) pace.began(now % 2_000 < 100 ? 400 : 0, 4_000, now);
    expect(pace.stretch).toBe(1);
  });

  it.each([
    [1.25, 800],
    [1.5, 1_333],
    [2, 2_000],
  ])(
    'stretches pauses %d times where ids are asked about every 4 s, of which they wait for %d ms',
    (times, lateMs) => {
      expect(after([{ perSecond: 50, lateMs, forMs: 4_000 }]).stretch).toBeCloseTo(times, 1);
    },
  );

  it('finds the pauses that need no line, and stays there', () => {
    const seen = overloaded(200, 2_000, 40, 240);
    expect(seen[1]?.lateMs).toBeGreaterThan(500);
    for (const { stretch, lateMs } of seen.slice(60)) {
      expect(stretch).toBeGreaterThan(2.2);
      expect(stretch).toBeLessThan(3.5);
      expect(lateMs).toBeLessThan(500);
    }
  });

  it('stretches none beyond 20 s, and shortens none that is longer', () => {
    const pace = after([{ perSecond: 50, lateMs: 4_000, forMs: 60_000 }]);
    expect([100, 5_000, 60_000].map((wantedMs) => pace.pauseMs(wantedMs))).toEqual([800, 20_000, 60_000]);
  });

  it('forgets slowly while nearly as many polls begin, and soon once they are fewer', () => {
    const full = { perSecond: 50, lateMs: 2_000, forMs: 8_000 };
    const before = after([full]).stretch;
    const spell = { lateMs: 0, forMs: 40_000 };
    const slowly = after([full, { ...spell, perSecond: 45 }]).stretch;
    expect(slowly).toBeLessThan(before);
    expect(slowly).toBeGreaterThan(0.7 * before);
    expect(after([full, { ...spell, perSecond: 20 }]).stretch).toBe(1);
    const pace = after([full]);
    after([{ perSecond: 1, lateMs: 0, forMs: 12_000 }], pace, 100_000);
    expect(pace.stretch).toBe(1);
  });

  it('stays between 1 and 8 whatever comes', () => {
    const ms = fc.double({ min: 0, max: 1e9, noNaN: true });
    const poll = fc.tuple(ms, ms, fc.double({ min: 0, max: 1e5, noNaN: true }));
    fc.assert(
      fc.property(fc.array(poll, { maxLength: 200 }), ms, (polls, wantedMs) => {
        const pace = new PollPace();
        let now = 0;
        for (const [lateMs, pauseMs, waitMs] of polls) {
          now += waitMs;
          pace.began(lateMs, pauseMs + lateMs, now);
          expect(pace.stretch).toBeGreaterThanOrEqual(1);
          expect(pace.stretch).toBeLessThanOrEqual(8);
        }
        expect(pace.pauseMs(wantedMs)).toBeGreaterThanOrEqual(wantedMs);
        expect(pace.pauseMs(wantedMs)).toBeLessThanOrEqual(Math.max(wantedMs, 20_000));
      }),
    );
  });
});
