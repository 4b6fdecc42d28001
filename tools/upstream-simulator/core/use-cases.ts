import { errorOf, type Caller } from './caller.js';
import { accountOf } from './credential.js';
import { failureOf } from './job-error.js';
import { viewOf, type Job, type JobView } from './job.js';
import type { Page, PageQuery } from './job-store.js';
import { Refusal } from './refusal.js';
import type { World } from './world.js';

/**
 * The caller's job.
 *
 * @throws Refusal `not-found` when there is none of that id, or it belongs to another account
 */
export function findJob(world: World, { credential }: Caller, id: string): Job {
  const job = world.jobs.find(id);
  if (job?.account !== accountOf(credential)) {
    throw new Refusal('not-found', `No video found with id '${id}'.`, { param: 'video_id' });
  }
  return job;
}

/** One poll of a job, which the caller's fault may change or misrepresent. */
export function poll(
  world: World,
  caller: Caller,
  id: string,
): { readonly job: Job; readonly view: JobView } {
  const job = findJob(world, caller, id);
  const { fault } = caller;
  const now = world.clock.now();
  world.witness.polled(job);
  if (fault?.type === 'fail-job') world.jobs.end(job, now, errorOf(fault));
  if (fault?.type === 'stall-progress') job.stalledAt = Math.min(job.stalledAt, now);
  const view = viewOf(job, now);
  if (fault?.type !== 'backwards-progress' || view.finishedAt !== null) return { job, view };
  return { job, view: { ...view, progress: Math.max(0, view.progress - fault.percent) } };
}

/** One page of the caller's jobs. */
export function list(world: World, { credential }: Caller, query: PageQuery): Page {
  return world.jobs.page(accountOf(credential), query);
}

/**
 * Ends a job before its time: it fails with code `cancelled`.
 *
 * @throws Refusal `not-found`, or `conflict` when it has ended
 */
export function cancel(world: World, caller: Caller, id: string): Job {
  const job = findJob(world, caller, id);
  if (world.jobs.end(job, world.clock.now(), failureOf('cancelled'))) return job;
  throw new Refusal('conflict', `Video '${id}' has ended already.`, { code: 'video_ended' });
}

/**
 * Forgets a job that has ended.
 *
 * @throws Refusal `not-found`, or `conflict` when it has not ended
 */
export function remove(world: World, caller: Caller, id: string): void {
  const job = findJob(world, caller, id);
  if (viewOf(job, world.clock.now()).finishedAt === null) {
    throw new Refusal('conflict', `Video '${id}' is still being generated.`, { code: 'video_not_ended' });
  }
  job.deleted = true;
}

/**
 * The caller's job, if it completed.
 *
 * @throws Refusal `not-found`, or `invalid-request` when it did not complete (yet)
 */
export function findCompleted(world: World, caller: Caller, id: string): Job {
  const job = findJob(world, caller, id);
  const { status } = viewOf(job, world.clock.now());
  if (status === 'completed') return job;
  throw new Refusal('invalid-request', `Video '${id}' is not ready: its status is ${status}.`, {
    param: 'video_id',
    code: 'video_not_ready',
  });
}
