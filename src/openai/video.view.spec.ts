import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import type { Generation } from '../generations/generation.entity.js';
import { GenerationFactory } from '../generations/generation.factory.js';
import { GENERATION_STATUSES } from '../generations/generation-status.js';
import { aRequest } from '../generations/testing/a-request.js';
import { videoSchema } from './video.schemas.js';
import { videoOf } from './video.view.js';

const clock = new ManualClock(1_700_000_000_900);
const video = (changes: Partial<Generation> = {}, parameters = {}) =>
  videoOf({ ...new GenerationFactory(clock).create(aRequest({ parameters }), 'key_1'), ...changes });

describe('videoOf', () => {
  it('shows a new generation with what the OpenAI API assumes', () => {
    const shown = video({ id: 'video_1' });
    expect(shown).toEqual({
      id: 'video_1',
      object: 'video',
      model: 'sora-2',
      status: 'queued',
      progress: 0,
      created_at: 1_700_000_000,
      completed_at: null,
      expires_at: null,
      prompt: 'a cat',
      size: '720x1280',
      seconds: '4',
      remixed_from_video_id: null,
      error: null,
    });
    expect(videoSchema.parse(shown)).toEqual(shown);
  });

  it('shows what was asked for', () => {
    expect(video({ remixOf: 'video_0' }, { size: '1280x720', seconds: '12' })).toMatchObject({
      size: '1280x720',
      seconds: '12',
      remixed_from_video_id: 'video_0',
    });
  });

  it('knows a word of the OpenAI API for every status', () => {
    expect(GENERATION_STATUSES.map((status) => video({ status }).status)).toEqual([
      'queued',
      'queued',
      'in_progress',
      'completed',
      'failed',
      'failed',
    ]);
  });

  it('says when a video was completed, and only then', () => {
    const completedAt = 1_700_000_060_100;
    expect(video({ status: 'completed', completedAt }).completed_at).toBe(1_700_000_060);
    expect(video({ status: 'failed', completedAt }).completed_at).toBeNull();
  });

  it('says why there is none', () => {
    const failed = { status: 'failed', errorCode: 'boom', errorMessage: 'it broke' } as const;
    expect(video(failed).error).toEqual({ code: 'boom', message: 'it broke' });
    expect(video({ ...failed, errorMessage: null }).error).toEqual({ code: 'boom', message: '' });
    expect(video({ status: 'cancelled' }).error).toEqual({
      code: 'cancelled',
      message: 'The generation was cancelled.',
    });
  });
});
