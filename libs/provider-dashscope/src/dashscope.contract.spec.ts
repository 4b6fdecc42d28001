import { describeProvider, type RecordedRequest } from 'penstock/plugin-api/testing';

import { CREATED, EXPIRED, FAILED, SUCCEEDED } from './documented.fixture.js';
import { DashScopeProvider } from './dashscope.provider.js';

const fileAt = ({ headers }: RecordedRequest): string =>
  `http://${headers['host'] ?? ''}/files/out.mp4?Expires=1`;
const now = (task_status: string) => ({ json: { output: { ...CREATED.output, task_status } } });
const refusal = (status: number, code: string) => ({
  status,
  json: { code, message: 'Refused.', request_id: 'r1' },
});

describeProvider({
  name: 'dashscope',
  create: () => new DashScopeProvider(),
  jobId: CREATED.output.task_id,
  submit: {
    route: 'POST /services/aigc/video-generation/video-synthesis',
    answer: { json: CREATED },
  },
  poll: {
    route: 'GET /tasks/:id',
    queued: now('PENDING'),
    inProgress: { answer: now('RUNNING'), progress: null },
    completed: { answer: { json: SUCCEEDED }, assets: ['video'] },
    failed: {
      answer: { json: FAILED },
      code: 'generation_failed',
      message: 'InvalidParameter: The size is not match xxxxxx',
    },
    cancelled: now('CANCELED'),
    notFound: { json: EXPIRED },
  },
  verify: { route: 'GET /tasks/', answer: { json: { data: [], total: 0 } } },
  cancel: {
    route: 'POST /tasks/:id/cancel',
    answer: { json: { request_id: 'r1' } },
    alreadyEnded: refusal(400, 'UnsupportedOperation'),
  },
  download: {
    route: 'GET /files/out.mp4',
    answer: { bytes: Buffer.from('mp4 bytes'), headers: { 'content-type': 'video/mp4' } },
    contentType: 'video/mp4',
    content: Buffer.from('mp4 bytes'),
    locate: {
      route: 'GET /tasks/:id',
      answer: (request) => ({
        json: { ...SUCCEEDED, output: { ...SUCCEEDED.output, video_url: fileAt(request) } },
      }),
    },
  },
  failures: {
    content_policy: refusal(400, 'DataInspectionFailed'),
    quota_exhausted: refusal(400, 'Arrearage'),
    invalid_request: refusal(400, 'InvalidParameter'),
    unauthorized: refusal(401, 'InvalidApiKey'),
  },
});
