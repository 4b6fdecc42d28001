import type { LostAttempt, ModelDescription } from 'penstock/plugin-api';

import type { Video } from './video.js';

/** How far the upstream's clock may be behind ours, in milliseconds. */
const CLOCK_SKEW_MS = 5 * 60_000;

/** Whether a video is too old to come from the attempt. */
export function isBefore(video: Video, attempt: LostAttempt): boolean {
  return typeof video.created_at === 'number' && video.created_at * 1000 < attempt.startedAt - CLOCK_SKEW_MS;
}

/**
 * Whether a video looks like what the attempt asked for. What was left to the upstream must have its default, as far
 * as the model's description names one; a remix takes it from its source instead.
 */
export function fits(video: Video, attempt: LostAttempt, model: ModelDescription | undefined): boolean {
  const expected = (name: string): string | undefined =>
    attempt.parameters[name] ?? (attempt.remixOf === null ? model?.parameters[name]?.default : undefined);
  const agrees = (name: 'size' | 'seconds'): boolean =>
    expected(name) === undefined || expected(name) === video[name];
  return (
    typeof video.created_at === 'number' &&
    !isBefore(video, attempt) &&
    video.model === attempt.model &&
    video.prompt === attempt.prompt &&
    (video.remixed_from_video_id ?? null) === attempt.remixOf &&
    agrees('size') &&
    agrees('seconds')
  );
}
