import { ManualClock } from 'penstock/kernel/testing';
import { describeProvider, type RecordedRequest } from 'penstock/plugin-api/testing';

import { CALLBACK, SUBMITTED, SUCCEEDED } from './documented.fixture.js';
import { KlingProvider } from './kling.provider.js';

const now = (task_status: string, task_status_msg = '') => ({
  json: { ...SUBMITTED, data: { ...SUBMITTED.data, task_status, task_status_msg } },
});
const refusal = (status: number, code: number) => ({
  status,
  json: { code, message: 'Refused.', request_id: 'r1' },
});
const UNKNOWN = refusal(404, 1203);

function succeededAt({ headers }: RecordedRequest) {
  const url = `http://${headers['host'] ?? ''}/files/out.mp4?e=1`;
  const task_result = { videos: [{ id: 'v', url, watermark_url: url, duration: '5' }] };
  return { json: { ...SUCCEEDED, data: { ...SUCCEEDED.data, task_result } } };
}

describeProvider({
  name: 'kling',
  create: () => new KlingProvider(new ManualClock()),
  jobId: 'text2video/867283741759111202',
  submit: { route: 'POST /videos/text2video', answer: { json: SUBMITTED } },
  poll: {
    route: 'GET /videos/text2video/:id',
    queued: { json: SUBMITTED },
    inProgress: { answer: now('processing'), progress: null },
    completed: { answer: { json: SUCCEEDED }, assets: ['video'] },
    failed: { answer: now('failed', 'Risk control.'), code: 'generation_failed', message: 'Risk control.' },
  },
  verify: { route: 'GET /videos/text2video', answer: { json: { code: 0, data: [] } } },
  download: {
    route: 'GET /files/out.mp4',
    answer: { bytes: Buffer.from('mp4 bytes'), headers: { 'content-type': 'video/mp4' } },
    contentType: 'video/mp4',
    content: Buffer.from('mp4 bytes'),
    locate: { route: 'GET /videos/text2video/:id', answer: succeededAt },
  },
  reconcile: {
    route: 'GET /videos/text2video/:id',
    found: { json: SUBMITTED },
    missing: { answer: UNKNOWN, outcome: 'unknown' },
  },
  parseWebhook: {
    signed: false,
    genuine: () => ({
      headers: {},
      query: { endpoint: 'text2video' },
      rawBody: Buffer.from(JSON.stringify(CALLBACK)),
    }),
  },
  failures: {
    unauthorized: refusal(401, 1002),
    quota_exhausted: refusal(429, 1102),
    content_policy: refusal(400, 1301),
    invalid_request: refusal(400, 1201),
    rate_limited: { ...refusal(429, 1303), headers: { 'retry-after': '7' } },
  },
});
