import type { Caller } from '../../core/caller.js';
import { viewOf, type Job } from '../../core/job.js';
import { Refusal } from '../../core/refusal.js';
import { submit } from '../../core/submit.js';
import { cancel, findCompleted, findJob, list, poll, remove } from '../../core/use-cases.js';
import type { World } from '../../core/world.js';
import { bodyAnswer, jsonAnswer, type Answer } from '../../http/answer.js';
import type { Media } from '../../media.js';
import type { Form } from './form.js';
import { contentRequest, createRequest, pageRequest, remixRequest } from './requests.js';
import { isExpired, modelList, videoList, videoResource } from './resources.js';

/** Something a caller asks for. */
export type Action = (world: World, caller: Caller) => Answer;

export const createVideo =
  (form: Form): Action =>
  (world, caller) =>
    madeAnswer(world, submit(world, caller, createRequest(form, world.models)));

export const remixVideo =
  (id: string, form: Form): Action =>
  (world, caller) =>
    madeAnswer(world, submit(world, caller, remixRequest(form, findCompleted(world, caller, id))));

export const retrieveVideo =
  (id: string): Action =>
  (world, caller) => {
    const { job, view } = poll(world, caller, id);
    const answer = jsonAnswer(200, videoResource(job, view));
    return view.finishedAt === null ? answer : { ...answer, ended: [job] };
  };

export const cancelVideo =
  (id: string): Action =>
  (world, caller) => {
    const job = cancel(world, caller, id);
    return { ...jsonAnswer(200, videoResource(job, viewOf(job, world.clock.now()))), ended: [job] };
  };

export const deleteVideo =
  (id: string): Action =>
  (world, caller) => {
    remove(world, caller, id);
    return jsonAnswer(200, { id, object: 'video.deleted', deleted: true });
  };

export const listVideos =
  (query: unknown): Action =>
  (world, caller) => {
    const { after, ...asked } = pageRequest(query);
    const page = list(world, caller, {
      ...asked,
      after: after === undefined ? null : findJob(world, caller, after),
    });
    const now = world.clock.now();
    const videos = page.jobs.map((job) => ({ job, view: viewOf(job, now) }));
    const ended = videos.filter(({ view }) => view.finishedAt !== null).map(({ job }) => job);
    return { ...jsonAnswer(200, videoList(videos, page.hasMore)), ended };
  };

/** Not of the OpenAI API: what some gateways that speak it tell of an account. */
export const readQuota = (): Action => (world, caller) => {
  const quota = world.credentials.quota(caller.credential.secret, world.clock.now());
  return jsonAnswer(200, { remaining: quota?.left ?? -1, resets_at: quota?.resetsAt ?? null });
};

export const listModels = (): Action => (world) => jsonAnswer(200, modelList(world.models));

/** What a download names. */
export interface Download {
  readonly id: string;
  readonly query: unknown;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

export const downloadVideo =
  ({ id, query, range, ifRange }: Download, media: Media): Action =>
  (world, caller) => {
    const { variant } = contentRequest(query);
    const job = findCompleted(world, caller, id);
    if (isExpired(viewOf(job, world.clock.now()).finishedAt ?? Infinity, world.clock.now())) {
      throw new Refusal('not-found', `The files of video '${id}' have expired.`, { param: 'video_id' });
    }
    return bodyAnswer(media.bodyOf(job, variant), range, ifRange);
  };

function madeAnswer(world: World, made: Job): Answer {
  return { ...jsonAnswer(200, videoResource(made, viewOf(made, world.clock.now()))), made };
}
