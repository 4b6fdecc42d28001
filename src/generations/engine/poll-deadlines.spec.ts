import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';
import { aRequest } from '../testing/a-request.js';
import { PollDeadlines } from './poll-deadlines.js';

/** The engine of the tests gives videos two minutes. */
const LIMIT_MS = 120_000;

describe('PollDeadlines', () => {
  let world: TestWorld;
  let deadlines: PollDeadlines;
  let remaining: (startedMsAgo: number | null) => number;

  beforeEach(async () => {
    world = await TestWorld.create();
    const engine = new TestEngine(world);
    deadlines = new PollDeadlines(engine.scheduler, engine.clock);
    const generation = engine.factory.create(aRequest(), 'key_1');
    remaining = (ago) =>
      deadlines.remainingMs({ ...generation, startedAt: ago === null ? null : world.clock.now() - ago });
  });
  afterEach(() => world.end());

  it('counts from the acceptance', () => {
    expect([0, 10_000, 45_000].map(remaining)).toEqual([LIMIT_MS, LIMIT_MS - 10_000, LIMIT_MS - 45_000]);
    expect(remaining(null)).toBe(LIMIT_MS);
  });

  it('leaves at least a minute after a standstill', () => {
    expect([LIMIT_MS - 60_000, LIMIT_MS, 86_400_000].map(remaining)).toEqual([60_000, 60_000, 60_000]);
  });

  it('gives no more than the whole when the clock was set back', () => {
    expect(remaining(-3_600_000)).toBe(LIMIT_MS);
  });
});
