import { describe, expect, it } from 'vitest';

import { DEFAULT_BEHAVIOUR } from './behaviour.js';
import { endOf, newJob, viewOf, type Job } from './job.js';
import type { JobPlan } from './job-planner.js';

const REQUEST = {
  prompt: 'a cat',
  model: 'sora-2',
  size: '720x1280',
  seconds: '4',
  remixedFrom: null,
  reference: null,
};
const PLAN: JobPlan = { id: 'video_1', queuedMs: 100, runMs: 1000, failure: null, noise: 0.5 };

function makeJob(plan: Partial<JobPlan> = {}): Job {
  const origin = { secret: 's', account: 'a', request: REQUEST, now: 1000 };
  return newJob(origin, { ...PLAN, ...plan }, DEFAULT_BEHAVIOUR);
}

describe('viewOf', () => {
  it('goes through the life of a job as the clock says', () => {
    const job = makeJob();
    const views = [1000, 1099, 1100, 1600, 2099, 2100].map((at) => viewOf(job, at));
    expect(views.map(({ status }) => status)).toEqual([
      'queued',
      'queued',
      'in_progress',
      'in_progress',
      'in_progress',
      'completed',
    ]);
    expect(views.map(({ progress }) => progress)).toEqual([0, 0, 0, 50, 99, 100]);
    expect(views.map(({ finishedAt }) => finishedAt)).toEqual([null, null, null, null, null, 2100]);
  });

  it('does not depend on having been asked before', () => {
    const asked = makeJob();
    for (let at = 1000; at < 5000; at += 100) viewOf(asked, at);
    expect(viewOf(asked, 5000)).toEqual(viewOf(makeJob(), 5000));
  });

  it('fails when due if that is its plan, and names the error only then', () => {
    const error = { code: 'generation_failed', message: 'no' };
    const job = makeJob({ failure: error });
    expect(viewOf(job, 2099)).toMatchObject({ status: 'in_progress', error: null });
    expect(viewOf(job, 2100)).toEqual({ status: 'failed', progress: 99, finishedAt: 2100, error });
  });

  it('stands still from the moment it stalls, and never ends by itself', () => {
    const job = makeJob();
    job.stalledAt = 1400;
    expect(viewOf(job, 1_000_000)).toMatchObject({ status: 'in_progress', progress: 30, finishedAt: null });
    expect(endOf(job)).toBe(Infinity);
  });

  it('is not held back by a stall after its end', () => {
    const job = makeJob();
    job.stalledAt = 3000;
    expect(viewOf(job, 4000).status).toBe('completed');
  });

  it('keeps the progress it had when it was ended by others', () => {
    const job = makeJob();
    job.ended = { at: 1600, error: { code: 'cancelled', message: 'x' } };
    expect(viewOf(job, 9000)).toMatchObject({ status: 'failed', progress: 50, finishedAt: 1600 });
  });

  it('can be completed early', () => {
    const job = makeJob({ failure: { code: 'generation_failed', message: 'no' } });
    job.ended = { at: 1050, error: null };
    expect(viewOf(job, 1050)).toEqual({ status: 'completed', progress: 100, finishedAt: 1050, error: null });
  });

  it('copes with a job that takes no time', () => {
    const job = makeJob({ queuedMs: 0, runMs: 0 });
    expect(viewOf(job, 1000).status).toBe('completed');
  });
});
