import type { Job, JobView } from '../../core/job.js';

/** How long the files of a finished video can be fetched, in milliseconds. */
const ASSETS_KEPT_MS = 24 * 3600 * 1000;

const unixSeconds = (ms: number): number => Math.floor(ms / 1000);

/** A job as a VideoResource. */
export function videoResource(job: Job, view: JobView): object {
  const { request } = job;
  const completedAt = view.status === 'completed' ? view.finishedAt : null;
  return {
    id: job.id,
    object: 'video',
    model: request.model,
    status: view.status,
    progress: view.progress,
    created_at: unixSeconds(job.createdAt),
    completed_at: completedAt === null ? null : unixSeconds(completedAt),
    expires_at: completedAt === null ? null : unixSeconds(completedAt + ASSETS_KEPT_MS),
    prompt: request.prompt,
    size: request.size,
    seconds: request.seconds,
    remixed_from_video_id: request.remixedFrom,
    error: view.error,
  };
}

/** Whether the files of a video that ended at `finishedAt` are gone. */
export const isExpired = (finishedAt: number, now: number): boolean => now >= finishedAt + ASSETS_KEPT_MS;

/** One page of videos as a VideoListResource. */
export function videoList(
  videos: readonly { readonly job: Job; readonly view: JobView }[],
  hasMore: boolean,
): object {
  return {
    object: 'list',
    data: videos.map(({ job, view }) => videoResource(job, view)),
    first_id: videos.at(0)?.job.id ?? null,
    last_id: videos.at(-1)?.job.id ?? null,
    has_more: hasMore,
  };
}

/** The models as a ListModelsResponse. */
export function modelList(models: readonly string[]): object {
  const created = 1_759_276_800;
  return {
    object: 'list',
    data: models.map((id) => ({ id, object: 'model', created, owned_by: 'simulator' })),
  };
}
