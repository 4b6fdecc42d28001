import fc from 'fast-check';
import { SeededRandom } from 'penstock/kernel/testing';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { behaviour, LONGEST_RETRY_AFTER_MS } from '../testing/any-behaviour.js';
import { SuspendableClock } from '../testing/suspendable-clock.js';
import { type Behaviour, WatchedTarget } from '../testing/watched-target.js';
import { PollScheduler } from './poll-scheduler.js';
import { resolvePollDeadlines, resolvePollSettings } from './polling.options.js';
import { MemoryPollQueue } from './strategies/memory-poll-queue.js';
import { PredictiveStrategy } from './strategies/predictive/predictive-strategy.js';
import { StagesStrategy } from './strategies/stages-strategy.js';

const MAX_REMAINING_MS = 300_000;

const settings = resolvePollSettings({
  ...{ maxActive: 4, maxActivePerToken: 2, maxActivePerOrigin: 3, pollTimeoutMs: 4_000 },
  ...{ tokenPollsPerMinute: 30, originPollsPerMinute: 50 },
});
const ORIGINS = new Map([
  ['t1', 'x'],
  ['t2', 'x'],
  ['t3', 'y'],
]);

type Command =
  | {
      readonly type: 'track';
      readonly tokenId: string;
      readonly firstDelayMs: number;
      readonly remainingMs: number;
    }
  | { readonly type: 'untrack' | 'wake' | 'called' | 'retrack'; readonly index: number }
  | { readonly type: 'advance' | 'jump' | 'suspend'; readonly ms: number }
  | { readonly type: 'restart' };

const command: fc.Arbitrary<Command> = fc.oneof(
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

/** A scheduler under any commands, and what it has promised about each id. */
class World {
  readonly clock = new SuspendableClock();
  readonly target: WatchedTarget;
  scheduler: PollScheduler;
  readonly deadlines = new Map<string, number>();
  readonly #tokens = new Map<string, string>();
  #ids = 0;

  constructor(
    behaviours: readonly Behaviour[],
    private readonly seed: number,
  ) {
    this.target = new WatchedTarget(this.clock, { ...settings, minPendingDelayMs: 1_000 }, behaviours);
    this.scheduler = this.#start();
  }

  async apply(command: Command): Promise<void> {
    switch (command.type) {
      case 'track':
        this.#track(`g${this.#ids++}`, command);
        break;
      case 'retrack':
        this.#retrack(this.#pick(command.index));
        break;
      case 'untrack':
        this.#untrack(this.#pick(command.index));
        break;
      case 'wake':
        this.#wake(this.#pick(command.index));
        break;
      case 'called':
        this.#called(this.#pick(command.index));
        break;
      case 'advance':
        await this.clock.advance(command.ms);
        break;
      case 'jump':
        this.clock.jump(command.ms);
        break;
      case 'restart':
        await this.#restart();
        break;
      case 'suspend':
        this.clock.suspend(command.ms);
        break;
    }
    this.check();
  }

  check(): void {
    expect(this.target.violations).toEqual([]);
    expect(this.clock.pendingTimers - this.target.sleeping).toBeLessThanOrEqual(1);
    for (const id of this.deadlines.keys()) {
      const inMs = (this.scheduler.nextPollAt(id) ?? 0) - this.clock.now();
      expect(inMs).toBeLessThanOrEqual(
        Math.max(settings.maxPollAfterMs, settings.longestNetMs, LONGEST_RETRY_AFTER_MS),
      );
    }
  }

  /** Every id that was not untracked has ended by its deadline, or expired at it. */
  checkEnds(): void {
    for (const [id, deadline] of this.deadlines) {
      const expiredAt = this.target.expiredAt.get(id);
      if (expiredAt === undefined) {
        expect(this.target.endedAt.has(id)).toBe(true);
      } else {
        expect(expiredAt).toBeGreaterThanOrEqual(deadline);
        expect(expiredAt).toBeLessThanOrEqual(deadline + this.clock.suspendedMs);
      }
    }
    expect(this.scheduler.stats()).toMatchObject({ tracked: 0, due: 0, waiting: 0 });
  }

  #start(): PollScheduler {
    const bids = this.seed % 2 === 0;
    const strategy = bids ? new PredictiveStrategy({ minIntervalMs: 1_000 }) : new StagesStrategy();
    return new PollScheduler({
      clock: this.clock,
      random: new SeededRandom(this.seed),
      target: () => this.target,
      strategy: () => strategy,
      queue: new MemoryPollQueue(),
      settings,
      deadlines: resolvePollDeadlines(),
    });
  }

  /** Ends the process and starts another one, which takes up what is unfinished. */
  async #restart(): Promise<void> {
    const stopped = this.scheduler.stop();
    await this.clock.advance(settings.stopTimeoutMs + settings.abortGraceMs + this.clock.suspendedMs);
    await stopped;
    this.target.forgetCalls();
    this.scheduler = this.#start();
    const now = this.clock.monotonic();
    for (const [id, tokenId] of this.#tokens) {
      if (!this.deadlines.has(id) || this.target.endedAt.has(id) || this.target.expiredAt.has(id)) continue;
      this.#track(id, {
        tokenId,
        firstDelayMs: 500,
        remainingMs: Math.max(1_000, (this.deadlines.get(id) ?? 0) - now),
      });
    }
  }

  #pick(index: number): string {
    return `g${index % (this.#ids + 1)}`;
  }

  #track(id: string, how: { tokenId: string; firstDelayMs: number; remainingMs: number }): void {
    this.deadlines.set(id, this.clock.monotonic() + Math.max(0, how.remainingMs));
    const origin = ORIGINS.get(how.tokenId) ?? '';
    this.#tokens.set(id, how.tokenId);
    this.target.tracked(id, { tokenId: how.tokenId, origin });
    const lane = {
      origin,
      listed: how.tokenId !== 't3',
      ...(how.tokenId === 't2' ? {} : { callbacks: origin }),
    };
    this.scheduler.track({ id, kind: 'video', progress: null, ...lane, ...how });
  }

  #retrack(id: string): void {
    if (this.scheduler.nextPollAt(id) === null) return;
    this.#track(id, { tokenId: 't1', firstDelayMs: 0, remainingMs: 60_000 });
  }

  #wake(id: string): void {
    this.target.woken(id);
    this.scheduler.wake(id);
  }

  #called(id: string): void {
    this.target.woken(id);
    this.scheduler.called(id);
  }

  #untrack(id: string): void {
    if (this.scheduler.nextPollAt(id) === null) return;
    this.scheduler.untrack(id);
    this.deadlines.delete(id);
  }
}

const setUp = fc.record({
  behaviours: fc.array(behaviour, { minLength: 1, maxLength: 20 }),
  seed: fc.nat(),
  commands: fc.array(command, { maxLength: 40 }),
});

describe('PollScheduler, under any commands and any upstream', () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  afterAll(() => {
    Logger.overrideLogger(['log', 'error', 'warn', 'debug', 'verbose', 'fatal']);
  });

  it('keeps its bounds, and ends or expires every id by its deadline', async () => {
    const outcomes = { ended: 0, expired: 0, listed: 0 };
    await fc.assert(
      fc.asyncProperty(setUp, async ({ behaviours, seed, commands }) => {
        const world = new World(behaviours, seed);
        for (const command of commands) await world.apply(command);
        await world.clock.advance(MAX_REMAINING_MS + world.clock.suspendedMs + 10);
        world.check();
        world.checkEnds();
        outcomes.ended += world.target.endedAt.size;
        outcomes.listed += world.target.listed;
        outcomes.expired += world.target.expiredAt.size;
      }),
      { numRuns: 450 },
    );
    expect(Math.min(outcomes.ended, outcomes.expired)).toBeGreaterThan(50);
    expect(outcomes.listed).toBeGreaterThan(30);
  }, 30_000);

  it('leaves no timer after stop, whenever it comes', async () => {
    await fc.assert(
      fc.asyncProperty(setUp, async ({ behaviours, seed, commands }) => {
        const world = new World(behaviours, seed);
        for (const command of commands) await world.apply(command);
        const stopped = world.scheduler.stop();
        await world.clock.advance(settings.stopTimeoutMs + world.clock.suspendedMs);
        await stopped;
        expect(world.clock.pendingTimers - world.target.sleeping).toBe(0);
        const { polls } = world.target;
        for (const id of world.deadlines.keys()) world.scheduler.wake(id);
        await world.clock.advance(MAX_REMAINING_MS);
        expect(world.clock.pendingTimers).toBe(0);
        expect(world.target.polls).toBe(polls);
        expect(world.target.violations).toEqual([]);
      }),
      { numRuns: 200 },
    );
  }, 30_000);
});
