import { assertNever } from 'penstock/kernel';

import { errorOf } from '../generations/api/generation-views.js';
import type { GenerationStatus } from '../generations/generation-status.js';
import type { Generation } from '../generations/generation.entity.js';
import type { VideoView } from './video.schemas.js';

/** What the OpenAI API assumes where a request says nothing. */
const DEFAULT_SIZE = '720x1280';
const DEFAULT_SECONDS = '4';

/** A generation of kind `video` in the shape of the OpenAI API. */
export function videoOf(generation: Generation): VideoView {
  const { id, model, status, progress, input, remixOf, createdAt, completedAt } = generation;
  return {
    id,
    object: 'video',
    model,
    status: statusOf(status),
    progress,
    created_at: toSeconds(createdAt),
    completed_at: status === 'completed' && completedAt !== null ? toSeconds(completedAt) : null,
    expires_at: null,
    prompt: input.prompt,
    size: input.parameters['size'] ?? DEFAULT_SIZE,
    seconds: input.parameters['seconds'] ?? DEFAULT_SECONDS,
    remixed_from_video_id: remixOf,
    error:
      status === 'cancelled'
        ? { code: 'cancelled', message: 'The generation was cancelled.' }
        : errorOf(generation),
  };
}

/** The OpenAI API has four statuses; a cancelled video is a failed one with code `cancelled`. */
function statusOf(status: GenerationStatus): VideoView['status'] {
  switch (status) {
    case 'queued':
    case 'submitting':
      return 'queued';
    case 'cancelled':
      return 'failed';
    case 'in_progress':
    case 'completed':
    case 'failed':
      return status;
    default:
      return assertNever(status);
  }
}

const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1_000);
