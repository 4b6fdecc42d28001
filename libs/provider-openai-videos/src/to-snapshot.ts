import type { JobAsset, JobSnapshot, ProviderLogger } from 'penstock/plugin-api';

import type { Video } from './video.js';

const ASSETS: readonly JobAsset[] = [
  { name: 'video', contentType: 'video/mp4', bytes: null },
  { name: 'thumbnail', contentType: 'image/webp', bytes: null },
  { name: 'spritesheet', contentType: 'image/jpeg', bytes: null },
];

const STATUSES: ReadonlyMap<string, JobSnapshot['status']> = new Map([
  ['queued', 'queued'],
  ['in_progress', 'in_progress'],
  ['completed', 'completed'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['canceled', 'cancelled'],
]);

/** What the upstream answers for a job that it does not know. */
export const NOT_FOUND: JobSnapshot = {
  status: 'not_found',
  progress: null,
  assets: [],
  error: null,
  pollAfterMs: null,
};

/** The state that a video tells. A status that is not known counts as under way, and is warned about. */
export function toSnapshot(
  video: Video,
  logger: ProviderLogger,
  headers: Readonly<Record<string, string>> = {},
): JobSnapshot {
  const status = STATUSES.get(video.status ?? '');
  if (status === undefined) {
    logger.warn('The upstream told a status that is not known; the job counts as under way.', {
      jobId: video.id,
      status: video.status,
    });
  }
  const { progress } = video;
  return {
    status: status ?? 'in_progress',
    progress: typeof progress === 'number' ? Math.min(100, Math.max(0, progress)) : null,
    assets: status === 'completed' ? ASSETS : [],
    error: status === 'failed' ? (video.error ?? null) : null,
    pollAfterMs: pollAfter(headers['openai-poll-after-ms']),
    completedAt: midOfSecond(video.completed_at),
  };
}

/** The upstream tells whole seconds: on average it was half a second later. */
function midOfSecond(seconds: number | null | undefined): number | null {
  return seconds == null ? null : seconds * 1_000 + 500;
}

function pollAfter(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : null;
}
