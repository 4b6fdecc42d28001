import fc from 'fast-check';

/** The longest `remainingMs` of {@link command}, in milliseconds. */
export const MAX_REMAINING_MS = 300_000;

/** One thing that is done to a scheduler, or to the time that it sees. `index` picks an id. */
export type Command =
  | {
      readonly type: 'track';
      readonly tokenId: string;
      readonly firstDelayMs: number;
      readonly remainingMs: number;
    }
  | { readonly type: 'untrack' | 'wake' | 'called' | 'retrack'; readonly index: number }
  | { readonly type: 'advance' | 'jump' | 'suspend'; readonly ms: number }
  | { readonly type: 'restart' };

/** Anything that an application, its clock or its machine may do. */
export const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('track' as const),
      tokenId: fc.constantFrom('t1', 't1', 't1', 't2', 't3'),
      firstDelayMs: fc.oneof(fc.constant(0), fc.nat(10_000)),
      remainingMs: fc.integer({ min: -10, max: MAX_REMAINING_MS }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom('untrack', 'wake', 'called', 'called', 'retrack'),
      index: fc.nat(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('advance' as const), ms: fc.nat(30_000) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('jump' as const), ms: fc.integer() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('suspend' as const), ms: fc.nat(100_000) }) },
  { weight: 1, arbitrary: fc.constant({ type: 'restart' as const }) },
);
