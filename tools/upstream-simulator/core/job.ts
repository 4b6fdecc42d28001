import type { Behaviour, ProgressShape } from './behaviour.js';
import type { JobError } from './job-error.js';
import { progressAt } from './progress.js';
import type { JobPlan } from './job-planner.js';

/** A picture or video that came with a request; only its size is kept. */
export interface Reference {
  readonly source: 'file' | 'image_url' | 'file_id';
  readonly bytes: number;
  readonly contentType: string | null;
}

/** What a client asked for. */
export interface JobRequest {
  readonly prompt: string;
  readonly model: string;
  readonly size: string;
  readonly seconds: string;
  readonly remixedFrom: string | null;
  readonly reference: Reference | null;
}

/** A job. Times are milliseconds since 1970; its state at any moment follows from them. */
export interface Job {
  readonly id: string;
  readonly secret: string;
  readonly account: string;
  readonly request: JobRequest;
  readonly createdAt: number;
  readonly startsAt: number;
  readonly dueAt: number;
  readonly progress: ProgressShape;
  readonly noise: number;
  readonly contentBytes: number | null;
  /** Why it fails when due; `null` when it completes. */
  failure: JobError | null;
  /** From here on the job stands still. `Infinity` when it never does. */
  stalledAt: number;
  /** An end that came otherwise than planned: by a cancel, a fault or the control API. */
  ended: { readonly at: number; readonly error: JobError | null } | null;
  deleted: boolean;
}

/** What a job looks like at one moment. */
export interface JobView {
  readonly status: 'queued' | 'in_progress' | 'completed' | 'failed';
  readonly progress: number;
  /** When it ended; `null` while it has not. */
  readonly finishedAt: number | null;
  readonly error: JobError | null;
}

/** Who asked, when, and what for. */
export interface JobOrigin {
  readonly secret: string;
  readonly account: string;
  readonly request: JobRequest;
  readonly now: number;
}

/** A job that follows `plan`. */
export function newJob(origin: JobOrigin, plan: JobPlan, behaviour: Behaviour): Job {
  const startsAt = origin.now + plan.queuedMs;
  return {
    id: plan.id,
    secret: origin.secret,
    account: origin.account,
    request: origin.request,
    createdAt: origin.now,
    startsAt,
    dueAt: startsAt + plan.runMs,
    progress: behaviour.progress,
    noise: plan.noise,
    contentBytes: behaviour.contentBytes,
    failure: plan.failure,
    stalledAt: Infinity,
    ended: null,
    deleted: false,
  };
}

/** When the job ends, as far as it is known now; `Infinity` for one that stands still. */
export function endOf(job: Job): number {
  if (job.ended !== null) return job.ended.at;
  return job.stalledAt < job.dueAt ? Infinity : job.dueAt;
}

/** The job's state at `now`, worked out without having watched it. */
export function viewOf(job: Job, now: number): JobView {
  const end = endOf(job);
  if (now < end) return runningView(job, Math.min(now, job.stalledAt));
  const error = job.ended === null ? job.failure : job.ended.error;
  if (error === null) return { status: 'completed', progress: 100, finishedAt: end, error };
  return {
    status: 'failed',
    progress: runningView(job, Math.min(end, job.stalledAt)).progress,
    finishedAt: end,
    error,
  };
}

function runningView(job: Job, at: number): JobView {
  if (at < job.startsAt) return { status: 'queued', progress: 0, finishedAt: null, error: null };
  const fraction = Math.min(1, (at - job.startsAt) / (job.dueAt - job.startsAt || 1));
  const progress = progressAt(job.progress, fraction, job.noise);
  return { status: 'in_progress', progress, finishedAt: null, error: null };
}
