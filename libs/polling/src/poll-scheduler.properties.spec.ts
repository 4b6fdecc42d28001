import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { behaviour } from '../testing/any-behaviour.js';
import { command, type Command, MAX_REMAINING_MS } from '../testing/any-command.js';
import { SchedulerWorld, settings } from '../testing/scheduler-world.js';
import type { Behaviour } from '../testing/watched-target.js';

interface SetUp {
  readonly behaviours: readonly Behaviour[];
  readonly seed: number;
  readonly commands: readonly Command[];
}

const setUp: fc.Arbitrary<SetUp> = fc.record({
  behaviours: fc.array(behaviour, { minLength: 1, maxLength: 20 }),
  seed: fc.nat(),
  commands: fc.array(command, { maxLength: 40 }),
});

const ENDED: Behaviour = { type: 'answer', latencyMs: 0, observation: { outcome: 'ended' } };
const pendingAfter = (latencyMs: number): Behaviour => ({
  type: 'answer',
  latencyMs,
  observation: { outcome: 'pending', progress: null, pollAfterMs: null },
});
const trackedFor = (remainingMs: number, firstDelayMs = 0): Command => ({
  type: 'track',
  tokenId: 't1',
  firstDelayMs,
  remainingMs,
});

/** Found in tens of thousands of runs: what a list says of an id counts only while it is wanted, and its failure is an error. */
const FOUND: [SetUp][] = [
  [
    {
      behaviours: [ENDED, pendingAfter(0)],
      seed: 0,
      commands: [
        ...[trackedFor(2_070, 2_070), { type: 'advance', ms: 2_069 } as const, trackedFor(1)],
        { type: 'retrack', index: 372_206_695 },
      ],
    },
  ],
  [
    {
      behaviours: [
        ...[{ type: 'hang', obeysSignal: false } as const, pendingAfter(0), pendingAfter(1_069)],
        ...[{ type: 'throw', latencyMs: 0 } as const, ENDED],
      ],
      seed: 1_334_695_212,
      commands: [
        ...[trackedFor(2_069), { type: 'advance', ms: 2_069 } as const, trackedFor(10_921)],
        ...[{ type: 'advance', ms: 9_638 } as const, trackedFor(506, 505)],
      ],
    },
  ],
];

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
        const world = new SchedulerWorld(behaviours, seed);
        for (const command of commands) await world.apply(command);
        await world.clock.advance(MAX_REMAINING_MS + world.clock.suspendedMs + 10);
        world.check();
        world.checkEnds();
        outcomes.ended += world.target.endedAt.size;
        outcomes.listed += world.target.listed;
        outcomes.expired += world.target.expiredAt.size;
      }),
      { numRuns: 450, examples: FOUND },
    );
    expect(Math.min(outcomes.ended, outcomes.expired)).toBeGreaterThan(50);
    expect(outcomes.listed).toBeGreaterThan(30);
  }, 30_000);

  it('leaves no timer after stop, whenever it comes', async () => {
    await fc.assert(
      fc.asyncProperty(setUp, async ({ behaviours, seed, commands }) => {
        const world = new SchedulerWorld(behaviours, seed);
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
