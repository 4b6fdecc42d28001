import { describeProvider, type RecordedRequest } from 'penstock/plugin-api/testing';

import { FAILED, QUEUED, REFUSALS } from './documented.fixture.js';
import { LumaAgentsProvider } from './luma-agents.provider.js';

const video = { ...QUEUED, type: 'video', model: 'ray-3.2' };
const doneAt = (url: string) => ({
  json: { ...video, state: 'completed', output: [{ type: 'video', url }] },
});
const fileAt = ({ headers }: RecordedRequest): string =>
  `http://${headers['host'] ?? ''}/files/out.mp4?X-Amz-Expires=3600`;

describeProvider({
  name: 'luma-agents',
  create: () => new LumaAgentsProvider(),
  jobId: QUEUED.id,
  submit: { route: 'POST /generations', answer: { status: 201, json: video } },
  poll: {
    route: 'GET /generations/:id',
    queued: { json: video },
    inProgress: { answer: { json: { ...video, state: 'processing' } }, progress: null },
    completed: {
      answer: doneAt('https://storage.example.com/out.mp4?X-Amz-Expires=3600'),
      assets: ['video'],
    },
    failed: {
      answer: { json: { ...FAILED, type: 'video', failure_code: 'content_moderated' } },
      code: 'content_policy',
      message: `content_moderated: ${FAILED.failure_reason}`,
    },
  },
  verify: { route: 'GET /generations/:id', answer: { status: 404, json: REFUSALS[404] } },
  download: {
    route: 'GET /files/out.mp4',
    answer: { bytes: Buffer.from('mp4 bytes'), headers: { 'content-type': 'video/mp4' } },
    contentType: 'video/mp4',
    content: Buffer.from('mp4 bytes'),
    locate: { route: 'GET /generations/:id', answer: (request) => doneAt(fileAt(request)) },
  },
  failures: {
    quota_exhausted: { status: 402, json: REFUSALS[402] },
    invalid_request: { status: 400, json: REFUSALS[400] },
  },
});
