import { ManualClock, SeededRandom } from 'penstock/kernel/testing';
import {
  MemoryPollQueue,
  type PollingOptions,
  type PollingStrategy,
  PollScheduler,
  type PollSchedulerParts,
  resolvePollDeadlines,
  resolvePollSettings,
  StagesStrategy,
} from 'penstock/polling';

import { FakePollTarget } from './fake-poll-target.js';

/** A scheduler on fakes, and the fakes. */
export interface PollSchedulerFixture {
  readonly clock: ManualClock;
  readonly target: FakePollTarget;
  readonly scheduler: PollScheduler;
}

/** A {@link PollScheduler} on a manual clock, seeded randomness and a {@link FakePollTarget}. */
export function aPollScheduler(
  options: PollingOptions & { readonly strategy?: PollingStrategy } = {},
  parts: Partial<Pick<PollSchedulerParts, 'observer' | 'random'>> = {},
): PollSchedulerFixture {
  const { strategy = new StagesStrategy() } = options;
  const clock = new ManualClock();
  const target = new FakePollTarget();
  const scheduler = new PollScheduler({
    clock,
    random: new SeededRandom(1),
    target: () => target,
    strategy: () => strategy,
    queue: options.queue ?? new MemoryPollQueue(),
    settings: resolvePollSettings(options),
    deadlines: resolvePollDeadlines(options.deadlineMs),
    ...parts,
  });
  return { clock, target, scheduler };
}
