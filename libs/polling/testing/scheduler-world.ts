import { SeededRandom } from 'penstock/kernel/testing';
import {
  MemoryPollQueue,
  PollScheduler,
  PredictiveStrategy,
  resolvePollDeadlines,
  resolvePollSettings,
  StagesStrategy,
} from 'penstock/polling';
import { expect } from 'vitest';

import { LONGEST_RETRY_AFTER_MS } from './any-behaviour.js';
import type { Command } from './any-command.js';
import { SuspendableClock } from './suspendable-clock.js';
import { type Behaviour, WatchedTarget } from './watched-target.js';

/** The bounds that a {@link SchedulerWorld} keeps to. */
export const settings = resolvePollSettings({
  maxActive: 4,
  maxActivePerToken: 2,
  maxActivePerOrigin: 3,
  pollTimeoutMs: 4_000,
  tokenPollsPerMinute: 30,
  originPollsPerMinute: 50,
});
const ORIGINS = new Map([
  ['t1', 'x'],
  ['t2', 'x'],
  ['t3', 'y'],
]);

/** A scheduler under any commands, and what it has promised about each id. */
export class SchedulerWorld {
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
