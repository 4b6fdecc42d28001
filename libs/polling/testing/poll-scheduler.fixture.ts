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

import { FakeListTarget, FakePollTarget } from './fake-poll-target.js';

/** A scheduler on fakes, and the fakes. */
export interface PollSchedulerFixture {
  readonly clock: ManualClock;
  readonly target: FakePollTarget;
  readonly scheduler: PollScheduler;
}

/** As {@link aPollScheduler}, with a target that can be asked about many ids at once. */
export function aListingScheduler(
  options: PollingOptions & { readonly strategy?: PollingStrategy } = {},
  parts: Partial<Pick<PollSchedulerParts, 'journal' | 'observer' | 'random'>> = {},
): PollSchedulerFixture & { readonly target: FakeListTarget } {
  const target = new FakeListTarget();
  return { ...schedulerOn(target, options, parts), target };
}

/** A {@link PollScheduler} on a manual clock, seeded randomness and a {@link FakePollTarget}. */
export function aPollScheduler(
  options: PollingOptions & { readonly strategy?: PollingStrategy } = {},
  parts: Partial<Pick<PollSchedulerParts, 'journal' | 'observer' | 'random'>> = {},
): PollSchedulerFixture {
  return schedulerOn(new FakePollTarget(), options, parts);
}

function schedulerOn(
  target: FakePollTarget,
  options: PollingOptions & { readonly strategy?: PollingStrategy },
  parts: Partial<Pick<PollSchedulerParts, 'journal' | 'observer' | 'random'>> = {},
): PollSchedulerFixture {
  const { strategy = new StagesStrategy() } = options;
  const clock = new ManualClock();
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
