import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { anyStep } from '../../testing/queue-steps.js';
import { QueueWorld } from '../../testing/queue-world.js';
import { LeastInFlight } from '../strategies/least-in-flight.js';
import { PowerOfTwoChoices } from '../strategies/power-of-two-choices.js';
import { QuotaAware } from '../strategies/quota-aware.js';
import { RoundRobin } from '../strategies/round-robin.js';
import { Weighted } from '../strategies/weighted.js';

describe.each([PowerOfTwoChoices, RoundRobin, LeastInFlight, Weighted, QuotaAware])(
  'AdmissionQueue under any sequence of events, with %o',
  (Strategy) => {
    it('keeps limits, rates and turns, leaks nothing, lets no token idle that is waited for, and serves all', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyStep, { maxLength: 50 }),
          fc.constantFrom(2, 4),
          async (steps, sliceSize) => {
            const world = new QueueWorld(new Strategy(), sliceSize);
            await world.open();
            for (const step of steps) {
              await world.run(step);
              world.check();
            }
            await world.finish();
            expect(world.waiting).toEqual([]);
            await world.close();
            expect([world.clock.pendingTimers, world.store.size]).toEqual([0, 0]);
          },
        ),
        { numRuns: 150 },
      );
    });
  },
);
