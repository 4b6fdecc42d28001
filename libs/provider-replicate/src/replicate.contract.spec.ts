import { createHmac } from 'node:crypto';

import { CONTRACT_REQUEST, describeProvider, type RecordedRequest } from 'penstock/plugin-api/testing';

import { ReplicateProvider } from './replicate.provider.js';

const prediction = {
  id: 'p1',
  model: 'minimax/video-01',
  input: { prompt: CONTRACT_REQUEST.prompt as string },
  source: 'api',
  status: 'starting',
  output: null as string | null,
  error: null as string | null,
  created_at: new Date(CONTRACT_REQUEST.startedAt).toISOString(),
  completed_at: null as string | null,
};
const done = (output = 'https://replicate.delivery/x/out.mp4') => ({
  ...prediction,
  status: 'succeeded',
  output,
  completed_at: '2023-11-14T22:15:20.5Z',
});
const list = (...results: (typeof prediction)[]) => ({ json: { next: null, previous: null, results } });
const fileAt = ({ headers }: RecordedRequest): string =>
  `http://${headers['host'] ?? ''}/files/out.mp4?sig=a%2Bb`;

describeProvider({
  name: 'replicate',
  create: () => new ReplicateProvider(),
  jobId: 'p1',
  submit: {
    route: 'POST /models/minimax/video-01/predictions',
    answer: { status: 201, json: prediction },
  },
  poll: {
    route: 'GET /predictions/:id',
    queued: { json: prediction },
    inProgress: { answer: { json: { ...prediction, status: 'processing' } }, progress: null },
    completed: { answer: { json: done() }, assets: ['video'] },
    failed: {
      answer: { json: { ...prediction, status: 'failed', error: 'NSFW content detected.' } },
      code: 'generation_failed',
      message: 'NSFW content detected.',
    },
    cancelled: { json: { ...prediction, status: 'canceled' } },
  },
  verify: { route: 'GET /account', answer: { json: { type: 'user', username: 'alice' } } },
  pollMany: { route: 'GET /predictions', answer: list(done()) },
  cancel: {
    route: 'POST /predictions/:id/cancel',
    answer: { json: { ...prediction, status: 'canceled' } },
    alreadyEnded: { status: 409, json: { detail: 'It has ended.' } },
  },
  download: {
    route: 'GET /files/out.mp4',
    answer: { bytes: Buffer.from('mp4 bytes'), headers: { 'content-type': 'video/mp4' } },
    contentType: 'video/mp4',
    content: Buffer.from('mp4 bytes'),
    locate: {
      route: 'GET /predictions/:id',
      answer: (request) => ({ json: done(fileAt(request)) }),
    },
  },
  reconcile: {
    route: 'GET /predictions',
    found: list(prediction),
    missing: { answer: list({ ...prediction, id: 'p2', input: { prompt: 'Else' } }), outcome: 'unknown' },
  },
  parseWebhook: {
    genuine: (secret) => {
      const rawBody = Buffer.from(JSON.stringify(done()));
      const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
      const signature = createHmac('sha256', key)
        .update('msg_1.1700000000.')
        .update(rawBody)
        .digest('base64');
      const headers = {
        'webhook-id': 'msg_1',
        'webhook-timestamp': '1700000000',
        'webhook-signature': `v1,b3RoZXI= v1,${signature}`,
      };
      return { headers, rawBody };
    },
  },
  failures: {
    quota_exhausted: {
      status: 402,
      json: { title: 'Insufficient credit', detail: 'Buy some.', status: 402 },
    },
    invalid_request: { status: 422, json: { title: 'Input validation failed', detail: '- input.prompt' } },
  },
});
