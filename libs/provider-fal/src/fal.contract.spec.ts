import { createHash, generateKeyPairSync, sign } from 'node:crypto';

import { describeProvider, type RecordedRequest } from 'penstock/plugin-api/testing';

import { CALLBACK, COMPLETED, IN_PROGRESS, IN_QUEUE, SUBMITTED, VIDEO } from './documented.fixture.js';
import { FalProvider } from './fal.provider.js';

const RESULT = 'GET /fal-ai/veo3/requests/:id' as const;
const fileAt = ({ headers }: RecordedRequest): string => `http://${headers['host'] ?? ''}/files/out.mp4`;

const { publicKey, privateKey } = generateKeyPairSync('ed25519');

function genuine() {
  const rawBody = Buffer.from(JSON.stringify(CALLBACK));
  const digest = createHash('sha256').update(rawBody).digest('hex');
  const signature = sign(null, Buffer.from(`r1\nu1\n1700000000\n${digest}`), privateKey).toString('hex');
  const headers = {
    'x-fal-webhook-request-id': 'r1',
    'x-fal-webhook-user-id': 'u1',
    'x-fal-webhook-timestamp': '1700000000',
    'x-fal-webhook-signature': signature,
  };
  return { headers, rawBody };
}

describeProvider({
  name: 'fal',
  create: () => new FalProvider(),
  jobId: SUBMITTED.request_id,
  submit: { route: 'POST /fal-ai/veo3', answer: { json: SUBMITTED } },
  poll: {
    route: 'GET /fal-ai/veo3/requests/:id/status',
    also: { [RESULT]: { json: VIDEO } },
    queued: { status: 202, json: IN_QUEUE },
    inProgress: { answer: { status: 202, json: IN_PROGRESS }, progress: null },
    completed: { answer: { json: COMPLETED }, assets: ['video'] },
    failed: {
      answer: { json: { ...COMPLETED, error: 'Request timed out', error_type: 'request_timeout' } },
      code: 'generation_failed',
      message: 'request_timeout: Request timed out',
    },
  },
  verify: {
    route: 'GET /fal-ai/veo3/requests/:id/status',
    answer: { status: 404, json: { detail: 'Request not found' } },
  },
  cancel: {
    route: 'PUT /fal-ai/veo3/requests/:id/cancel',
    answer: { status: 202, json: { status: 'CANCELLATION_REQUESTED' } },
    alreadyEnded: { status: 400, json: { status: 'ALREADY_COMPLETED' } },
  },
  download: {
    route: 'GET /files/out.mp4',
    answer: { bytes: Buffer.from('mp4 bytes'), headers: { 'content-type': 'video/mp4' } },
    contentType: 'video/mp4',
    content: Buffer.from('mp4 bytes'),
    locate: { route: RESULT, answer: (request) => ({ json: { video: { url: fileAt(request) } } }) },
  },
  parseWebhook: { key: publicKey.export({ format: 'jwk' }).x ?? '', genuine },
  failures: {
    invalid_request: { status: 422, json: { detail: [{ loc: ['body', 'prompt'], msg: 'Field required' }] } },
  },
});
