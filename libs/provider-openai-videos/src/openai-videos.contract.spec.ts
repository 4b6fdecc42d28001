import { describeProvider } from 'penstock/plugin-api/testing';

import { OpenAiVideosProvider } from './openai-videos.provider.js';

const video = {
  id: 'video_1',
  object: 'video',
  model: 'sora-2',
  status: 'queued',
  progress: 0,
  created_at: 1_700_000_000,
  completed_at: null,
  expires_at: null,
  prompt: 'A paper boat on a puddle',
  size: '720x1280',
  seconds: '4',
  remixed_from_video_id: null,
  error: null,
};
const completed = { ...video, status: 'completed', progress: 100 };
const list = (...data: (typeof video)[]) => ({
  json: { object: 'list', data, first_id: null, last_id: null, has_more: false },
});
const refusal = (status: number, code: string, param: string | null = null) => ({
  status,
  json: { error: { message: 'Refused.', type: 'invalid_request_error', param, code } },
});

describeProvider({
  name: 'openai-videos',
  create: () => new OpenAiVideosProvider(),
  jobId: 'video_1',
  submit: { route: 'POST /videos', answer: { json: video } },
  poll: {
    route: 'GET /videos/:id',
    queued: { json: video },
    inProgress: { answer: { json: { ...video, status: 'in_progress', progress: 42 } }, progress: 42 },
    completed: { answer: { json: completed }, assets: ['video', 'thumbnail', 'spritesheet'] },
    failed: {
      answer: {
        json: { ...video, status: 'failed', error: { code: 'generation_failed', message: 'Sorry.' } },
      },
      code: 'generation_failed',
      message: 'Sorry.',
    },
    cancelled: { json: { ...video, status: 'cancelled' } },
  },
  verify: { route: 'GET /models', answer: { json: { object: 'list', data: [] } } },
  pollMany: { route: 'GET /videos', answer: list(completed) },
  cancel: {
    route: 'POST /videos/:id/cancel',
    answer: { json: { ...video, status: 'cancelled' } },
    alreadyEnded: refusal(409, 'video_ended'),
  },
  remix: {
    route: 'POST /videos/:id/remix',
    answer: { json: { ...video, remixed_from_video_id: 'video_1-source' } },
  },
  download: {
    route: 'GET /videos/:id/content',
    answer: { bytes: Buffer.from('mp4 bytes'), headers: { 'content-type': 'video/mp4' } },
    contentType: 'video/mp4',
    content: Buffer.from('mp4 bytes'),
  },
  reconcile: {
    route: 'GET /videos',
    found: list(video),
    missing: { answer: list({ ...video, id: 'video_2', prompt: 'Something else' }), outcome: 'unknown' },
  },
  failures: {
    content_policy: refusal(400, 'content_policy_violation'),
    quota_exhausted: refusal(429, 'insufficient_quota'),
    invalid_request: refusal(400, 'invalid_value', 'size'),
  },
});
