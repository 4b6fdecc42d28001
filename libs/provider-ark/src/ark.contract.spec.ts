import { describeProvider, type RecordedRequest } from 'penstock/plugin-api/testing';

import { CREATED, SUCCEEDED } from './documented.fixture.js';
import { ArkProvider } from './ark.provider.js';

const now = (status: string, error: { code: string; message: string } | null = null) => ({
  json: { ...CREATED, model: SUCCEEDED.model, status, error },
});
const refusal = (status: number, code: string) => ({
  status,
  json: { error: { code, message: 'Refused.', param: 'content', type: 'BadRequest' } },
});
const fileAt = ({ headers }: RecordedRequest): string =>
  `http://${headers['host'] ?? ''}/files/out.mp4?X-Tos=1`;

describeProvider({
  name: 'ark',
  create: () => new ArkProvider(),
  jobId: CREATED.id,
  submit: { route: 'POST /contents/generations/tasks', answer: { json: CREATED } },
  poll: {
    route: 'GET /contents/generations/tasks/:id',
    queued: now('queued'),
    inProgress: { answer: now('running'), progress: null },
    completed: { answer: { json: SUCCEEDED }, assets: ['video'] },
    failed: {
      answer: now('failed', { code: 'OutputVideoSensitiveContentDetected', message: 'Refused.' }),
      code: 'content_policy',
      message: 'OutputVideoSensitiveContentDetected: Refused.',
    },
    cancelled: now('cancelled'),
  },
  verify: { route: 'GET /contents/generations/tasks', answer: { json: { items: [], total: 0 } } },
  pollMany: {
    route: 'GET /contents/generations/tasks',
    answer: { json: { items: [SUCCEEDED], total: 1 } },
  },
  cancel: {
    route: 'DELETE /contents/generations/tasks/:id',
    answer: { json: {} },
    also: { 'GET /contents/generations/tasks/:id': now('queued') },
    alreadyEnded: refusal(404, 'NotFound'),
  },
  download: {
    route: 'GET /files/out.mp4',
    answer: { bytes: Buffer.from('mp4 bytes'), headers: { 'content-type': 'video/mp4' } },
    contentType: 'video/mp4',
    content: Buffer.from('mp4 bytes'),
    locate: {
      route: 'GET /contents/generations/tasks/:id',
      answer: (request) => ({ json: { ...SUCCEEDED, content: { video_url: fileAt(request) } } }),
    },
  },
  parseWebhook: {
    signed: false,
    genuine: () => ({ headers: {}, rawBody: Buffer.from(JSON.stringify(SUCCEEDED)) }),
  },
  failures: {
    content_policy: refusal(400, 'InputTextSensitiveContentDetected'),
    quota_exhausted: refusal(403, 'AccountOverdueError'),
    invalid_request: refusal(400, 'InvalidParameter'),
  },
});
