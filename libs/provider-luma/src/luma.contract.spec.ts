import { describeProvider, type RecordedRequest } from 'penstock/plugin-api/testing';

import { COMPLETED, CREDITS, QUEUED } from './documented.fixture.js';
import { LumaProvider } from './luma.provider.js';

const fileAt = ({ headers }: RecordedRequest): string => `http://${headers['host'] ?? ''}/files/out.mp4?e=1`;
const list = (...generations: (typeof QUEUED)[]) => ({
  json: { generations, has_more: false, count: generations.length, limit: 100, offset: 0 },
});

describeProvider({
  name: 'luma',
  create: () => new LumaProvider(),
  jobId: QUEUED.id,
  submit: { route: 'POST /generations/video', answer: { status: 201, json: QUEUED } },
  poll: {
    route: 'GET /generations/:id',
    queued: { json: QUEUED },
    inProgress: { answer: { json: { ...QUEUED, state: 'dreaming' } }, progress: null },
    completed: { answer: { json: COMPLETED }, assets: ['video'] },
    failed: {
      answer: { json: { ...QUEUED, state: 'failed', failure_reason: 'Moderation.' } },
      code: 'generation_failed',
      message: 'Moderation.',
    },
  },
  verify: { route: 'GET /credits', answer: { json: CREDITS } },
  pollMany: { route: 'GET /generations', answer: list(COMPLETED) },
  download: {
    route: 'GET /files/out.mp4',
    answer: { bytes: Buffer.from('mp4 bytes'), headers: { 'content-type': 'video/mp4' } },
    contentType: 'video/mp4',
    content: Buffer.from('mp4 bytes'),
    locate: {
      route: 'GET /generations/:id',
      answer: (request) => ({ json: { ...COMPLETED, assets: { video: fileAt(request) } } }),
    },
  },
  parseWebhook: {
    signed: false,
    genuine: () => ({ headers: {}, rawBody: Buffer.from(JSON.stringify(COMPLETED)) }),
  },
  fetchQuota: {
    route: 'GET /credits',
    answer: { json: CREDITS },
    quota: { remaining: 2_500, resetsAt: null },
  },
  failures: {
    quota_exhausted: { status: 402, json: { detail: 'Insufficient credits' } },
    invalid_request: { status: 400, json: { detail: 'Prompt is too short' } },
  },
});
