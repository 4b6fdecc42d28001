import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Generation } from '../generation.entity.js';
import { TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';
import { aRequest } from '../testing/a-request.js';
import { resolveGenerationSettings } from '../generations.options.js';
import { PollDeadlines } from './poll-deadlines.js';

const LIMIT_MS = 120_000;

describe('PollDeadlines', () => {
  let world: TestWorld;
  let deadlines: PollDeadlines;
  let generation: Generation;
  let remaining: (startedMsAgo: number | null) => number;

  beforeEach(async () => {
    world = await TestWorld.create();
    const engine = new TestEngine(world);
    deadlines = new PollDeadlines(
      resolveGenerationSettings({ deadlineMs: { video: LIMIT_MS, default: 2 * LIMIT_MS } }),
      engine.clock,
    );
    generation = engine.factory.create(aRequest(), 'key_1');
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

  it('takes the deadline of the kind, and the common one where there is none', () => {
    const of = (kind: string): number => deadlines.remainingMs({ ...generation, kind, startedAt: null });
    expect([of('video'), of('image'), of('song'), of('constructor')]).toEqual([
      LIMIT_MS,
      5 * 60_000,
      2 * LIMIT_MS,
      2 * LIMIT_MS,
    ]);
  });

  it('gives no more than the whole when the clock was set back', () => {
    expect(remaining(-3_600_000)).toBe(LIMIT_MS);
  });
});
