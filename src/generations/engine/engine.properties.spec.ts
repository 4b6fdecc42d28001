import fc, { type Arbitrary } from 'fast-check';
import type { ProviderFailure } from 'penstock/plugin-api';
import { describe, expect, it } from 'vitest';

import { isFinished } from '../generation-status.js';
import { EngineLife, type Happenings, type Step } from '../testing/engine-life.js';
import type { PollPlan, SubmitPlan } from '../testing/fake-upstream.js';

const failure = fc.constantFrom<ProviderFailure>(
  { kind: 'rate_limited', retryAfterMs: 1_500 },
  { kind: 'unauthorized' },
  { kind: 'quota_exhausted', resetsAt: null },
  { kind: 'edge_challenge', retryAfterMs: null },
  { kind: 'transient', retryAfterMs: null },
);
const refusal = fc.constantFrom<ProviderFailure>(
  { kind: 'content_policy' },
  { kind: 'invalid_request', param: null },
);
const delayMs = fc.constantFrom(0, 0, 100, 3_000);
const submission: Arbitrary<SubmitPlan> = fc.oneof(
  fc.record({ answer: fc.constantFrom('job', 'given'), delayMs }),
  fc.record({ answer: fc.constantFrom('lost', 'thrown', 'silence'), creates: fc.boolean() }),
  fc.record({ answer: fc.oneof(failure, failure, refusal), delayMs }),
);
const poll: Arbitrary<PollPlan> = fc.oneof(
  fc.integer({ min: 0, max: 100 }),
  fc.constantFrom<PollPlan>('failed', 'cancelled', 'completed'),
  fc.constantFrom<PollPlan>('not_found', 'thrown', 'silence', Number.NaN),
  failure,
);

const which = fc.nat(30);
/** How often each thing happens, and how. */
const happenings: { [Name in keyof Happenings]: [number, Arbitrary<Happenings[Name]>] } = {
  create: [
    6,
    fc.record({
      submissions: fc.array(submission, { maxLength: 3 }),
      polls: fc.array(poll, { maxLength: 4 }),
    }),
  ],
  pass: [5, fc.record({ ms: fc.constantFrom(50, 600, 6_000) })],
  turn: [4, fc.record({ times: fc.nat(12) })],
  cancel: [3, fc.record({ which })],
  kill: [2, fc.constant({})],
  restart: [1, fc.constant({})],
  remix: [1, fc.record({ which })],
  remove: [1, fc.record({ which })],
  full: [1, fc.record({ writes: fc.integer({ min: 1, max: 3 }) })],
  jump: [1, fc.record({ ms: fc.constantFrom(-90_000, 90_000) })],
  token: [1, fc.record({ which, change: fc.constantFrom('disable', 'enable', 'delete') })],
  mood: [
    1,
    fc.record({
      reconciling: fc.constantFrom('honest', 'blind', 'broken', 'silent'),
      cancelling: fc.constantFrom('works', 'refuses', 'silent'),
    }),
  ],
};
const step = fc.oneof(
  ...Object.entries(happenings).map(([type, [weight, how]]) => ({
    weight,
    // Each name goes with its own record above.
    arbitrary: (how as Arbitrary<object>).map((details) => ({ type, ...details }) as Step),
  })),
);

/** All that a generation may fail with. */
const REASONS = new Set([
  ...['content_policy', 'invalid_request', 'generation_failed', 'upstream_job_lost', 'deadline_exceeded'],
  ...['submission_unknown', 'upstream_unavailable', 'no_usable_token', 'queue_timeout'],
  ...['token_gone', 'source_gone', 'result_not_kept'],
]);

async function live(limits: readonly number[], steps: readonly Step[]): Promise<void> {
  const life = await EngineLife.begin(limits);
  try {
    await life.take(steps);
    const rows = await life.finish();
    const { engine, world } = life;

    expect(rows.filter((row) => !isFinished(row.status) || row.completedAt === null)).toEqual([]);
    expect(rows.filter((row) => row.status === 'failed' && !REASONS.has(row.errorCode ?? ''))).toEqual([]);
    const known = new Set(rows.map(({ id }) => id));
    const lost = [...life.accepted].filter((id) => !known.has(id) && !life.removed.has(id));
    expect(lost).toEqual([]);
    const jobs = world.upstream.jobs.map(({ prompt }) => prompt);
    expect(new Set(jobs).size).toBe(jobs.length);
    expect(life.excess).toBe(0);

    expect(engine.balancer.stats().inFlight).toBe(0);
    expect([engine.queue.stats().waiting, engine.room.waiting()]).toEqual([0, []]);
    expect(engine.scheduler.stats()).toEqual({
      tracked: 0,
      active: 0,
      waiting: 0,
      due: 0,
      abandoned: 0,
      overdueMs: 0,
      stretch: 1,
    });
    expect(rows.filter((row) => engine.observer.polls(row) !== row.polls)).toEqual([]);
    expect(rows.filter(({ id }) => engine.store.live(id) !== undefined)).toEqual([]);
    expect(engine.emitter.eventNames()).toEqual([]);
    await life.stop();
    expect(life.timersLeft).toBe(0);
  } finally {
    await life.end();
  }
}

describe('the engine, whatever happens', () => {
  it('makes at most one job of each generation, keeps the limits, and brings everything to an end', async () => {
    const limits = fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 3 });
    await fc.assert(fc.asyncProperty(limits, fc.array(step, { minLength: 4, maxLength: 30 }), live), {
      numRuns: 60,
    });
  }, 180_000);
});
