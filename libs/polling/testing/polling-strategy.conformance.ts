import fc from 'fast-check';
import type { PollHistory, PollingStrategy } from 'penstock/polling';
import { describe, expect, it } from 'vitest';

const HOUR_MS = 3_600_000;

const history: fc.Arbitrary<PollHistory> = fc
  .record({
    id: fc.string({ minLength: 1 }),
    kind: fc.constantFrom('video', 'image', 'other'),
    model: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    ageMs: fc.double({ min: 0, max: 24 * HOUR_MS, noNaN: true }),
    progress: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: null }),
    unchangedPolls: fc.nat(10_000),
    polls: fc.nat(10_000),
    previousDelayMs: fc.option(fc.double({ min: 0, max: HOUR_MS, noNaN: true }), { nil: null }),
  })
  .map(({ model, ...rest }) => (model === undefined ? rest : { ...rest, model }));

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

    it('answers the same history alike, and leaves it alone', () => {
      const strategy = create();
      fc.assert(
        fc.property(history, (history) => {
          const frozen = Object.freeze(history);
          expect(strategy.nextDelayMs(frozen)).toBe(strategy.nextDelayMs(frozen));
        }),
      );
    });
  });
}
