import { describeProvider } from 'penstock/plugin-api/testing';

import { CounterProvider } from './counter.provider.js';

describeProvider({
  name: 'counter',
  create: () => new CounterProvider(),
  jobId: 'job_7',
  submit: {
    route: 'POST /jobs',
    answer: { status: 202, json: { id: 'job_7', state: 'waiting', percent: 0 } },
  },
  poll: {
    route: 'GET /jobs/:id',
    queued: { json: { id: 'job_7', state: 'waiting', percent: 0 } },
    inProgress: { answer: { json: { id: 'job_7', state: 'drawing', percent: 40 } }, progress: 40 },
    completed: { answer: { json: { id: 'job_7', state: 'done', percent: 100 } }, assets: ['image'] },
    failed: {
      answer: { json: { id: 'job_7', state: 'failed', percent: 40, reason: 'Out of ink.' } },
      code: 'drawing_failed',
      message: 'Out of ink.',
    },
  },
  verify: { route: 'GET /account', answer: { json: { name: 'studio' } } },
  download: {
    route: 'GET /jobs/:id/file',
    answer: { headers: { 'content-type': 'image/svg+xml' }, text: '<svg>7</svg>' },
    contentType: 'image/svg+xml',
    content: Buffer.from('<svg>7</svg>'),
  },
  failures: { content_policy: { status: 409, json: { message: 'We do not draw that.' } } },
});
