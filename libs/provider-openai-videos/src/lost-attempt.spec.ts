import type { LostAttempt } from 'penstock/plugin-api';
import { expect, it } from 'vitest';

import { fits, isBefore } from './lost-attempt.js';
import { resolveOpenAiVideosOptions } from './openai-videos.options.js';
import { readVideo, type Video } from './video.js';

const [model] = resolveOpenAiVideosOptions().models;
const STARTED_AT = 1_700_000_000_000;

const attempt = (fields: Partial<LostAttempt> = {}): LostAttempt => ({
  kind: 'video',
  model: 'sora-2',
  prompt: 'a cat',
  parameters: { size: '1280x720', seconds: '8' },
  inputReference: null,
  attemptId: 'a1',
  startedAt: STARTED_AT,
  remixOf: null,
  isClaimed: () => Promise.resolve(false),
  ...fields,
});

const video = (fields: Record<string, string | number | null> = {}): Video => {
  const read = readVideo({
    id: 'video_1',
    model: 'sora-2',
    prompt: 'a cat',
    size: '1280x720',
    seconds: '8',
    created_at: STARTED_AT / 1000,
    remixed_from_video_id: null,
    ...fields,
  });
  if (read === undefined) throw new Error('not a video');
  return read;
};

it('fits when all that was asked for is the same', () => {
  expect(fits(video(), attempt(), model)).toBe(true);
});

it.each([
  { model: 'sora-2-pro' },
  { prompt: 'a cat ' },
  { prompt: null },
  { size: '720x1280' },
  { seconds: '4' },
  { remixed_from_video_id: 'video_0' },
  { created_at: null },
  { created_at: STARTED_AT / 1000 - 301 },
])('does not fit with %j', (difference) => {
  expect(fits(video(difference), attempt(), model)).toBe(false);
});

it('allows for a clock of the upstream that is 5 minutes behind', () => {
  expect(fits(video({ created_at: STARTED_AT / 1000 - 300 }), attempt(), model)).toBe(true);
  expect(isBefore(video({ created_at: STARTED_AT / 1000 - 300 }), attempt())).toBe(false);
  expect(isBefore(video({ created_at: STARTED_AT / 1000 - 301 }), attempt())).toBe(true);
  expect(isBefore(video({ created_at: null }), attempt())).toBe(false);
});

it('expects the defaults of the model for what the attempt left out', () => {
  const plain = attempt({ parameters: {} });

  expect(fits(video({ size: '720x1280', seconds: '4' }), plain, model)).toBe(true);
  expect(fits(video({ size: '720x1280', seconds: '8' }), plain, model)).toBe(false);
});

it('expects nothing of what it cannot know', () => {
  expect(fits(video(), attempt({ parameters: {} }), undefined)).toBe(true);
  expect(fits(video(), attempt({ parameters: { size: '720x1280' } }), undefined)).toBe(false);
});

it('fits a remix to its source, whose size and seconds it has', () => {
  const remix = attempt({ parameters: {}, remixOf: 'video_0' });

  expect(fits(video({ remixed_from_video_id: 'video_0' }), remix, model)).toBe(true);
  expect(fits(video({ remixed_from_video_id: 'video_9' }), remix, model)).toBe(false);
  expect(fits(video(), remix, model)).toBe(false);
});
