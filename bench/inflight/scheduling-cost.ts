import { Clock, type Timer } from 'penstock/kernel';
import { SeededRandom } from 'penstock/kernel/testing';
import {
  MemoryPollJournal,
  MemoryPollQueue,
  type PollingStrategy,
  type PollListing,
  type PollObservation,
  type PollRequest,
  PollScheduler,
  PollTarget,
  PredictiveStrategy,
  resolvePollDeadlines,
  resolvePollSettings,
  StagesStrategy,
} from 'penstock/polling';

import { median } from '../support/stats.js';

const ROUNDS = 3;
const PER_TOKEN = 100;
/** Polls of each generation before time is taken. */
const WARM_POLLS = 2;
/** Polls in all, or a little more, while it is taken. */
const MEASURED_POLLS = 40_000;
const DURATION_MS = 20 * 60_000;

/** Time on the processor, in microseconds, for each answer about one generation. */
export interface SchedulingCost {
  readonly inFlight: number;
  readonly stages: number;
  readonly predictive: number;
  /** `predictive` where lists answer for many. */
  readonly listed: number;
}

/**
 * All that a poll costs but the poll itself: the timer, the heaps, slots, strategy, journal and promises. The target answers at once, and
 * the clock is moved by hand.
 */
export async function schedulingCost(inFlight: number): Promise<SchedulingCost> {
  const stages: number[] = [];
  const predictive: number[] = [];
  const listed: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    stages.push(await costOf(inFlight, new StagesStrategy(), false));
    predictive.push(await costOf(inFlight, new PredictiveStrategy(), false));
    listed.push(await costOf(inFlight, new PredictiveStrategy(), true));
  }
  return { inFlight, stages: median(stages), predictive: median(predictive), listed: median(listed) };
}

async function costOf(inFlight: number, strategy: PollingStrategy, lists: boolean): Promise<number> {
  const clock = new StepClock();
  const target = new InstantTarget(clock);
  const random = new SeededRandom(1);
  const scheduler = new PollScheduler({
    clock,
    random,
    target: () => target,
    strategy: () => strategy,
    queue: new MemoryPollQueue(),
    settings: resolvePollSettings({}),
    deadlines: resolvePollDeadlines(),
    journal: new MemoryPollJournal(clock),
  });
  for (let index = 0; index < inFlight; index += 1) {
    scheduler.track({
      id: `video_${index.toString(16).padStart(32, '0')}`,
      kind: 'video',
      provider: 'bench',
      model: 'bench',
      tokenId: `token-${String(Math.floor(index / PER_TOKEN))}`,
      origin: 'bench',
      listed: lists,
      progress: 0,
      firstDelayMs: random.next() * 10_000,
      remainingMs: DURATION_MS,
    });
  }
  await clock.runWhile(() => target.polls < WARM_POLLS * inFlight);
  const polls = target.polls;
  const before = process.cpuUsage();
  await clock.runWhile(() => target.polls - polls < MEASURED_POLLS);
  const { user, system } = process.cpuUsage(before);
  await scheduler.stop();
  return (user + system) / (target.polls - polls);
}

/** Answers at once. The jobs go on evenly, and do not end. */
class InstantTarget extends PollTarget {
  polls = 0;

  constructor(private readonly clock: Clock) {
    super();
  }

  override poll(): Promise<PollObservation> {
    return Promise.resolve(this.#observe());
  }

  override pollMany(polls: readonly PollRequest[]): Promise<PollListing> {
    const observations = new Map(polls.map(({ id }) => [id, this.#observe()]));
    return Promise.resolve({ outcome: 'listed', requests: 1, observations });
  }

  override expire(): Promise<void> {
    return Promise.resolve();
  }

  #observe(): PollObservation {
    this.polls += 1;
    const progress = Math.floor((100 * this.clock.monotonic()) / DURATION_MS);
    return { outcome: 'pending', progress, pollAfterMs: null };
  }
}

/** A clock for the one timer of a scheduler. It goes to that timer's time, and lets promises settle. */
class StepClock extends Clock {
  #now = 0;
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  override now(): number {
    return this.#now;
  }

  override monotonic(): number {
    return this.#now;
  }

  override setTimer(callback: () => void, delayMs: number): Timer {
    const timer = { at: this.#now + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  async runWhile(goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      // After all that has been promised, and without a turn of the event loop, whose cost is none of the scheduler's.
      await new Promise<void>((resolve) => {
        process.nextTick(resolve);
      });
      const [first] = [...this.#timers].sort((a, b) => a.at - b.at);
      if (first === undefined) throw new Error('The scheduler has no timer.');
      this.#timers.delete(first);
      this.#now = Math.max(this.#now, first.at);
      first.callback();
    }
  }
}
