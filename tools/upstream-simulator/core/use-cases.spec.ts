import fc from 'fast-check';
import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { resolveSimulatorOptions, type SimulatorOptions } from '../simulator.options.js';
import type { Caller } from './caller.js';
import type { JobFault } from './fault.js';
import { viewOf, type Job } from './job.js';
import { Refusal } from './refusal.js';
import { reportOn } from './report.js';
import { submit } from './submit.js';
import { cancel, findCompleted, list, poll, remove } from './use-cases.js';
import { newWorld, type World } from './world.js';

const REQUEST = { prompt: 'p', model: 'm', size: 's', seconds: '4', remixedFrom: null, reference: null };
const PLAIN = { queue: { medianMs: 100 }, duration: { medianMs: 900 } };

function worldOf(options: SimulatorOptions = {}): { world: World; clock: ManualClock; caller: Caller } {
  const clock = new ManualClock(0);
  const credentials = [{ secret: 'k' }, { secret: 'other' }];
  const world = newWorld(resolveSimulatorOptions({ clock, credentials, behaviour: PLAIN, ...options }));
  return { world, clock, caller: callerOf(world, 'k') };
}

function callerOf(world: World, secret: string, fault?: JobFault): Caller {
  return { credential: world.credentials.admit(secret, 0), fault, idempotencyKey: undefined };
}

function refusedAs(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error.kind;
    throw error;
  }
  return 'not refused';
}

describe('use cases', () => {
  it('hide the jobs of others as if there were none', () => {
    const { world, clock, caller } = worldOf();
    const { id } = submit(world, caller, REQUEST);
    clock.jump(1_000);
    const stranger = callerOf(world, 'other');
    for (const act of [poll, cancel, remove, findCompleted]) {
      const attempt = (): void => {
        act(world, stranger, id);
      };
      expect(refusedAs(attempt)).toBe('not-found');
    }
    expect(list(world, stranger, { limit: 9, order: 'asc', after: null }).jobs).toEqual([]);
    expect(findCompleted(world, caller, id).id).toBe(id);
  });

  it('refuse what comes too early or too late', () => {
    const { world, clock, caller } = worldOf();
    const { id } = submit(world, caller, REQUEST);
    expect(refusedAs(() => findCompleted(world, caller, id))).toBe('invalid-request');
    expect(
      refusedAs(() => {
        remove(world, caller, id);
      }),
    ).toBe('conflict');
    clock.jump(1_000);
    expect(refusedAs(() => cancel(world, caller, id))).toBe('conflict');
    remove(world, caller, id);
    expect(refusedAs(() => poll(world, caller, id))).toBe('not-found');
  });

  it('do not offer the files of a failed job', () => {
    const { world, caller } = worldOf();
    const { id } = submit(world, caller, REQUEST);
    cancel(world, caller, id);
    expect(refusedAs(() => findCompleted(world, caller, id))).toBe('invalid-request');
  });

  it('never revive an ended job by a fault', () => {
    const { world, clock, caller } = worldOf();
    const { id } = submit(world, caller, REQUEST);
    clock.jump(1_000);
    for (const fault of [
      { type: 'stall-progress' },
      { type: 'fail-job', code: 'late' },
      { type: 'backwards-progress', percent: 50 },
    ] as const) {
      const { view } = poll(world, callerOf(world, 'k', fault), id);
      expect(view).toEqual({ status: 'completed', progress: 100, finishedAt: 1_000, error: null });
    }
  });

  it('keep the limit of a credential whatever happens to its jobs', () => {
    const step = fc.record({
      act: fc.constantFrom('submit', 'submit', 'submit', 'cancel', 'stall', 'finish', 'poll'),
      which: fc.nat(20),
      passMs: fc.nat(400),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 60 }), (limit, steps) => {
        const { world, clock, caller } = worldOf({ credentials: [{ secret: 'k', concurrency: limit }] });
        const jobs: Job[] = [];
        const running = (): number =>
          jobs.filter((job) => viewOf(job, clock.now()).finishedAt === null).length;
        for (const { act, which, passMs } of steps) {
          clock.jump(passMs);
          const job = jobs[which % (jobs.length || 1)];
          if (act === 'submit') {
            const isFull = running() >= limit;
            const outcome = refusedAs(() => jobs.push(submit(world, caller, REQUEST)));
            expect(outcome).toBe(isFull ? 'rate-limited' : 'not refused');
          } else if (job !== undefined) {
            interfere(world, act, job);
          }
          expect(running()).toBeLessThanOrEqual(limit);
          expect(world.jobs.inFlight('k').count(clock.now())).toBe(running());
        }
        expect(reportOn(world).secrets[0]?.maxInFlight ?? 0).toBeLessThanOrEqual(limit);
      }),
    );
  });
});

function interfere(world: World, act: string, job: Job): void {
  const stall = { type: 'stall-progress' } as const;
  if (act === 'cancel') refusedAs(() => cancel(world, callerOf(world, 'k'), job.id));
  if (act === 'stall') poll(world, callerOf(world, 'k', stall), job.id);
  if (act === 'poll') poll(world, callerOf(world, 'k'), job.id);
  if (act === 'finish') world.jobs.end(job, world.clock.now(), null);
}

describe('reportOn', () => {
  it('changes nothing', () => {
    const { world, clock, caller } = worldOf();
    submit(world, caller, REQUEST);
    clock.jump(500);
    const first = reportOn(world);
    expect(reportOn(world)).toEqual(first);
    expect(first.jobs[0]).toMatchObject({ status: 'in_progress', polls: 0, endSeenAt: null });
  });

  it('is a copy that later events leave alone', () => {
    const { world, caller } = worldOf();
    const before = reportOn(world);
    submit(world, caller, REQUEST);
    world.witness.arrived({ operation: 'list', secret: 'k', jobId: null }, 0);
    expect(before.jobs).toEqual([]);
    expect(before.calls.byOperation.list).toBe(0);
  });
});
