import fc from 'fast-check';
import type { PollObservation } from 'penstock/polling';

import type { Behaviour } from './watched-target.js';

/** The longest Retry-After of {@link behaviour}, in milliseconds. */
export const LONGEST_RETRY_AFTER_MS = 90_000;

const observation: fc.Arbitrary<PollObservation> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      outcome: fc.constant('pending' as const),
      progress: fc.option(fc.nat(100), { nil: null }),
      pollAfterMs: fc.option(fc.integer({ min: -1, max: 200_000 }), { nil: null }),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ outcome: 'ended' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      outcome: fc.constant('error' as const),
      retryAfterMs: fc.option(fc.nat(LONGEST_RETRY_AFTER_MS), { nil: null }),
    }),
  },
);

const latencyMs = fc.oneof(fc.constant(0), fc.nat(3_000), fc.nat(10_000));

/** Anything that an upstream may do. */
export const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant('answer' as const), latencyMs, observation }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('throw' as const), latencyMs }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('hang' as const), obeysSignal: fc.boolean() }) },
);
