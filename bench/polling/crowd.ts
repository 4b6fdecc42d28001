import { ManualClock, SeededRandom } from 'penstock/kernel/testing';
import {
  MemoryPollQueue,
  type PollingStrategy,
  type PollListing,
  type PollObservation,
  type PollRequest,
  PollScheduler,
  PollTarget,
  resolvePollDeadlines,
  resolvePollSettings,
} from 'penstock/polling';

import type { Job, JobSource } from './job.js';

/** How many generations there are at once on one token, and how they may be asked about. */
export interface CrowdOptions {
  readonly strategy: PollingStrategy;
  readonly jobs: JobSource;
  readonly seed: number;
  /** In flight at any time. */
  readonly atOnce: number;
  /** Ends that are not measured, since the strategy learns from them, and ends that are. */
  readonly training: number;
  readonly measured: number;
  /** Requests a minute; 0 for any number. */
  readonly perMinute?: number;
  /** Whether one call can ask about all. */
  readonly lists?: boolean;
  /** Share of ends that the upstream calls back about. @defaultValue it cannot */
  readonly callbackRate?: number;
}

/** What each generation cost. */
export interface CrowdCost {
  readonly requests: number;
  /** From the end to the answer that tells of it, in milliseconds. */
  readonly delayMs: number;
}

const LATENCY_MS = 50;
const STEP_MS = 10_000;

interface InFlight {
  readonly job: Job;
  readonly startedAt: number;
}

/** Polls many generations with the real scheduler on a clock that takes no time. Answers take 50 ms. */
export async function runCrowd(options: CrowdOptions): Promise<CrowdCost> {
  const clock = new ManualClock();
  const crowd = new Crowd(clock, options);
  for (let index = 0; index < options.atOnce; index += 1) crowd.begin();
  while (crowd.ends < options.training + options.measured) await clock.advance(STEP_MS);
  const stopped = crowd.scheduler.stop();
  await clock.advance(STEP_MS);
  await stopped;
  return crowd.cost;
}

class Crowd extends PollTarget {
  readonly scheduler: PollScheduler;
  ends = 0;
  readonly #inFlight = new Map<string, InFlight>();
  readonly #random: SeededRandom;
  #begun = 0;
  #requests = 0;
  #requestsAtEnd = 0;
  #delaysMs = 0;
  #measured = 0;

  constructor(
    private readonly clock: ManualClock,
    private readonly options: CrowdOptions,
  ) {
    super();
    this.#random = new SeededRandom(options.seed);
    this.scheduler = new PollScheduler({
      clock,
      random: this.#random,
      target: () => this,
      strategy: () => options.strategy,
      queue: new MemoryPollQueue(),
      deadlines: resolvePollDeadlines(),
      settings: resolvePollSettings({
        tokenPollsPerMinute: options.perMinute ?? 0,
      }),
    });
  }

  get cost(): CrowdCost {
    return { requests: this.#requestsAtEnd / this.#measured, delayMs: this.#delaysMs / this.#measured };
  }

  /** Puts the next job in flight. */
  begin(): void {
    const id = `g${String(this.#begun++)}`;
    const { jobs, lists = false, callbackRate } = this.options;
    const job = jobs();
    this.#inFlight.set(id, { job, startedAt: this.clock.monotonic() });
    this.scheduler.track({
      id,
      kind: 'video',
      provider: 'simulated',
      model: 'simulated',
      tokenId: 't',
      progress: 0,
      listed: lists,
      remainingMs: 25 * 60_000,
      ...(callbackRate === undefined ? {} : { callbacks: 'simulated' }),
    });
    if (callbackRate === undefined || this.#random.next() >= callbackRate) return;
    this.clock.setTimer(() => {
      this.scheduler.called(id);
    }, job.durationMs);
  }

  override async poll({ id }: PollRequest): Promise<PollObservation> {
    this.#requests += 1;
    await this.clock.sleep(LATENCY_MS);
    return this.#observe(id);
  }

  override async pollMany(polls: readonly PollRequest[]): Promise<PollListing> {
    this.#requests += 1;
    await this.clock.sleep(LATENCY_MS);
    return {
      outcome: 'listed',
      requests: 1,
      observations: new Map(polls.map(({ id }) => [id, this.#observe(id)])),
    };
  }

  override expire(id: string): Promise<void> {
    this.#inFlight.delete(id);
    this.begin();
    return Promise.resolve();
  }

  #observe(id: string): PollObservation {
    const known = this.#inFlight.get(id);
    if (known === undefined) return { outcome: 'ended' };
    const ageMs = this.clock.monotonic() - known.startedAt;
    const delayMs = ageMs - known.job.durationMs;
    if (delayMs < 0) return { outcome: 'pending', progress: known.job.progressAt(ageMs), pollAfterMs: null };
    this.#inFlight.delete(id);
    this.#count(delayMs);
    this.begin();
    return { outcome: 'ended', end: known.job.failed ? 'failed' : 'completed' };
  }

  /** In the steady state as many requests belong to a generation as there are between two ends. */
  #count(delayMs: number): void {
    this.ends += 1;
    if (this.ends <= this.options.training) {
      this.#requests = 0;
      return;
    }
    if (this.#measured >= this.options.measured) return;
    this.#measured += 1;
    this.#delaysMs += delayMs;
    if (this.#measured === this.options.measured) this.#requestsAtEnd = this.#requests;
  }
}
