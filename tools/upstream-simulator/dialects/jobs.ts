import type { Caller } from '../core/caller.js';
import { viewOf, type Job, type JobView } from '../core/job.js';
import { Refusal } from '../core/refusal.js';
import { submit } from '../core/submit.js';
import { cancel, list, poll } from '../core/use-cases.js';
import type { World } from '../core/world.js';
import { jsonAnswer, type Answer } from '../http/answer.js';

/** A job and what it looks like now. */
export interface Seen {
  readonly job: Job;
  readonly view: JobView;
}

/** The words of an API for one job. */
export type Render = (seen: Seen) => unknown;

/** Whether the job was stopped, which the engine keeps as a failure. */
export const isCancelled = ({ error }: JobView): boolean => error?.code === 'cancelled';

/**
 * Makes a job and shows it.
 *
 * @throws Refusal `invalid-request` that names `field` when there is no prompt
 */
export function create(
  world: World,
  caller: Caller,
  asked: { readonly prompt: unknown; readonly model: string; readonly field?: string },
  render: Render,
): Answer {
  const { prompt, model, field = 'prompt' } = asked;
  if (typeof prompt !== 'string' || prompt === '') {
    throw new Refusal('invalid-request', `${field} is required.`, { param: field });
  }
  const request = { prompt, model, size: '', seconds: '', remixedFrom: null, reference: null };
  const made = submit(world, caller, request);
  const view = viewOf(made, world.clock.now());
  return { ...jsonAnswer(200, render({ job: made, view })), made };
}

/** Polls a job and shows it. @throws Refusal `not-found` */
export function read(world: World, caller: Caller, id: string, render: Render): Answer {
  const { job, view } = poll(world, caller, id);
  const answer = jsonAnswer(200, render({ job, view }));
  return view.finishedAt === null ? answer : { ...answer, ended: [job] };
}

/** Stops a job and shows it. @throws Refusal `not-found`; `conflict` when it has ended */
export function stop(world: World, caller: Caller, id: string, render: Render): Answer {
  const job = cancel(world, caller, id);
  return { ...jsonAnswer(200, render({ job, view: viewOf(job, world.clock.now()) })), ended: [job] };
}

/** The newest jobs, at most `limit`, shown by `render` as one body. */
export function newest(
  world: World,
  caller: Caller,
  limit: number,
  render: (all: readonly Seen[]) => unknown,
): Answer {
  const { jobs } = list(world, caller, { limit, order: 'desc', after: null });
  const now = world.clock.now();
  const all = jobs.map((job) => ({ job, view: viewOf(job, now) }));
  const ended = all.filter(({ view }) => view.finishedAt !== null).map(({ job }) => job);
  return { ...jsonAnswer(200, render(all)), ended };
}
