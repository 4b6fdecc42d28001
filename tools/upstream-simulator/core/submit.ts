import { errorOf, type Caller } from './caller.js';
import { accountOf, type Credential } from './credential.js';
import { newJob, type Job, type JobRequest } from './job.js';
import { SUBMISSIONS } from './operation.js';
import { Refusal, retryAfterSeconds } from './refusal.js';
import type { World } from './world.js';

const LONGEST_WAIT_S = 60;

/**
 * Makes a job.
 *
 * @throws Refusal `rate-limited`, marked as a violation, when the credential has too many in flight; `quota-exhausted`
 */
export function submit(world: World, caller: Caller, request: JobRequest): Job {
  const replayKey = replayKeyOf(world, caller);
  const earlier = world.jobs.find(world.replays.get(replayKey ?? '') ?? '');
  if (earlier !== undefined) return earlier;
  const { credential } = caller;
  checkConcurrency(world, credential, world.clock.now());
  world.credentials.spend(credential.secret, world.clock.now());
  const job = makeJob(world, caller, request);
  world.jobs.add(job);
  world.witness.created(job);
  if (replayKey !== undefined) world.replays.set(replayKey, job.id);
  return job;
}

function makeJob(world: World, { credential, fault }: Caller, request: JobRequest): Job {
  const { secret } = credential;
  const plan = world.planner.plan(request.prompt, world.behaviour);
  const origin = { secret, account: accountOf(credential), request, now: world.clock.now() };
  const job = newJob(origin, plan, world.behaviour);
  if (fault?.type === 'fail-job') job.failure = errorOf(fault);
  if (fault?.type === 'stall-progress') job.stalledAt = (job.startsAt + job.dueAt) / 2;
  return job;
}

function replayKeyOf(world: World, { credential, idempotencyKey }: Caller): string | undefined {
  if (!world.idempotency || idempotencyKey === undefined) return undefined;
  return `${accountOf(credential)}\n${idempotencyKey}`;
}

function checkConcurrency(world: World, { secret, concurrency }: Credential, now: number): void {
  const inFlight = world.jobs.inFlight(secret);
  if (concurrency === -1 || inFlight.count(now) < concurrency) return;
  const seconds = Math.ceil((inFlight.nextEnd(now) - now) / 1000);
  throw new Refusal('rate-limited', `Too many videos in flight: the limit is ${concurrency}.`, {
    violation: 'concurrency',
    retryAfter: retryAfterSeconds(Math.min(Math.max(seconds, 1), LONGEST_WAIT_S), now, SUBMISSIONS),
  });
}
