import fc from 'fast-check';
import {
  LONGEST_KNOWLEDGE_KEY,
  type PollEnd,
  type PollHistory,
  type PollingStrategy,
} from 'penstock/polling';
import { describe, expect, it } from 'vitest';

const HOUR_MS = 3_600_000;

const trait = fc.option(fc.string({ maxLength: 100 }), { nil: undefined });

const history: fc.Arbitrary<PollHistory> = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c'),
    kind: fc.constantFrom('video', 'image', 'other'),
    provider: trait,
    model: trait,
    size: trait,
    duration: trait,
    ageMs: fc.double({ min: 0, max: 24 * HOUR_MS, noNaN: true }),
    progress: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: null }),
    unchangedPolls: fc.nat(10_000),
    polls: fc.nat(10_000),
    previousDelayMs: fc.option(fc.double({ min: 0, max: HOUR_MS, noNaN: true }), { nil: null }),
  })
  .map(({ provider, model, size, duration, ...rest }) => ({
    ...rest,
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
    ...(size === undefined ? {} : { size }),
    ...(duration === undefined ? {} : { duration }),
  }));

/** Numbers that no scheduler gives, among those that one does. */
const anyNumber = fc.oneof(fc.double(), fc.double({ min: 0, max: HOUR_MS, noNaN: true }));

const end: fc.Arbitrary<PollEnd> = fc.oneof(
  fc.record({ outcome: fc.constantFrom('completed', 'failed'), afterMs: anyNumber, byMs: anyNumber }),
  fc.record({ outcome: fc.constant('expired' as const), afterMs: anyNumber }),
  fc.constant({ outcome: 'dropped' as const }),
);

/** Something that is told to a strategy. */
type News = { readonly history: PollHistory; readonly end: PollEnd | null };

const garbled = fc
  .record({ history, ageMs: anyNumber, progress: fc.option(anyNumber, { nil: null }) })
  .map(({ history, ...changes }): PollHistory => ({ ...history, ...changes }));

const news: fc.Arbitrary<readonly News[]> = fc.array(
  fc.record({ history: fc.oneof(history, garbled), end: fc.option(end, { nil: null, freq: 3 }) }),
  { maxLength: 60 },
);

function tell(strategy: PollingStrategy, all: readonly News[]): void {
  for (const { history, end } of all) {
    if (end === null) strategy.observed?.(history);
    else strategy.ended?.(history, end);
  }
}

/** The range of a strategy's delays, in milliseconds. */
export interface DelayRange {
  readonly minMs: number;
  readonly maxMs: number;
}

/** What every {@link PollingStrategy} must do. `range` is what its documentation promises. */
export function describePollingStrategy(
  name: string,
  create: () => PollingStrategy,
  range: DelayRange,
): void {
  describe(`${name} is a PollingStrategy`, () => {
    it(`answers any history with ${range.minMs} to ${range.maxMs} ms`, () => {
      const strategy = create();
      fc.assert(
        fc.property(history, (history) => {
          const delayMs = strategy.nextDelayMs(history);
          expect(delayMs).toBeGreaterThanOrEqual(range.minMs);
          expect(delayMs).toBeLessThanOrEqual(range.maxMs);
        }),
      );
    });

    it('answers many histories within its range, no later than it would for each', () => {
      fc.assert(
        fc.property(news, fc.array(history, { minLength: 2, maxLength: 8 }), (news, histories) => {
          const strategy = create();
          tell(strategy, news);
          const each = Math.min(...histories.map((one) => strategy.nextDelayMs(one)));
          const delayMs = strategy.sharedDelayMs?.(histories) ?? each;
          expect(delayMs).toBeGreaterThanOrEqual(range.minMs);
          expect(delayMs).toBeLessThanOrEqual(each * 1.000001);
        }),
      );
    });

    it('gives a chance from 0 to 1 that it has ended, which never sinks while nothing is heard', () => {
      fc.assert(
        fc.property(news, history, fc.double({ min: 0, max: HOUR_MS, noNaN: true }), (news, now, laterMs) => {
          const strategy = create();
          tell(strategy, news);
          strategy.observed?.(now);
          const chance = strategy.endedChance?.(now) ?? 0;
          const later = strategy.endedChance?.({ ...now, ageMs: now.ageMs + laterMs }) ?? 1;
          expect(chance).toBeGreaterThanOrEqual(0);
          expect(later).toBeGreaterThanOrEqual(chance);
          expect(later).toBeLessThanOrEqual(1);
        }),
      );
    });

    it('answers the same history alike, and leaves it alone', () => {
      const strategy = create();
      fc.assert(
        fc.property(history, (history) => {
          const frozen = Object.freeze(history);
          expect(strategy.nextDelayMs(frozen)).toBe(strategy.nextDelayMs(frozen));
        }),
      );
    });

    it('stays within its range whatever it is told', () => {
      fc.assert(
        fc.property(news, history, (news, history) => {
          const strategy = create();
          tell(strategy, news);
          const delayMs = strategy.nextDelayMs(history);
          expect(delayMs).toBeGreaterThanOrEqual(range.minMs);
          expect(delayMs).toBeLessThanOrEqual(range.maxMs);
        }),
      );
    });

    it('remembers what it has learned when that is stored as JSON and restored', () => {
      fc.assert(
        fc.property(news, history, (news, history) => {
          const [strategy, heir] = [create(), create()];
          tell(strategy, news);
          const { changed = [] } = strategy.knowledge?.takeChanges() ?? {};
          for (const { key } of changed) expect(key.length).toBeLessThanOrEqual(LONGEST_KNOWLEDGE_KEY);
          expect(heir.knowledge?.restore(changed) ?? []).toEqual([]);
          expect(heir.knowledge?.models().length).toBe(strategy.knowledge?.models().length);
          const fresh = { ...history, id: 'nobody knows it' };
          const [delayMs, again] = [strategy.nextDelayMs(fresh), heir.nextDelayMs(fresh)];
          expect(Math.abs(again - delayMs)).toBeLessThanOrEqual(0.01 * delayMs);
        }),
      );
    });

    it('reports each change once, and ignores what it cannot read', () => {
      fc.assert(
        fc.property(news, fc.array(fc.tuple(fc.string(), fc.oneof(fc.string(), fc.json()))), (news, junk) => {
          const strategy = create();
          const stored = junk.map(([key, state]) => ({ key, state, updatedAt: 1 }));
          expect(strategy.knowledge?.restore(stored).length ?? 0).toBeLessThanOrEqual(junk.length);
          tell(strategy, news);
          strategy.knowledge?.takeChanges();
          expect(strategy.knowledge?.takeChanges() ?? { changed: [], removed: [] }).toEqual({
            changed: [],
            removed: [],
          });
        }),
      );
    });
  });
}
