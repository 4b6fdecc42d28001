import { describeProvider } from './describe-provider.js';
import { ReferenceProvider, sign } from './reference-provider.fixture.js';

describeProvider({
  name: 'with every capability',
  create: () => new ReferenceProvider(),
  jobId: 'j1',
  submit: { route: 'POST /jobs', answer: { json: { id: 'j1', status: 'queued' } } },
  poll: {
    route: 'GET /jobs/:id',
    queued: { json: { id: 'j1', status: 'queued' } },
    inProgress: { answer: { json: { id: 'j1', status: 'in_progress' } }, progress: null },
    completed: { answer: { json: { id: 'j1', status: 'completed' } }, assets: ['video'] },
    failed: {
      answer: { json: { id: 'j1', status: 'failed', reason: 'No.' } },
      code: 'failed',
      message: 'No.',
    },
    cancelled: { json: { id: 'j1', status: 'cancelled' } },
  },
  verify: { route: 'GET /me', answer: { json: {} } },
  pollMany: {
    route: 'GET /jobs',
    answer: {
      json: {
        data: [
          { id: 'j1', status: 'completed' },
          { id: 'j2', status: 'queued' },
        ],
      },
    },
  },
  cancel: { route: 'DELETE /jobs/:id', answer: { status: 204 }, alreadyEnded: { status: 409, json: {} } },
  remix: { route: 'POST /jobs/:id/remix', answer: { json: { id: 'j1', status: 'queued' } } },
  download: {
    route: 'GET /jobs/:id/content',
    answer: { headers: { 'content-type': 'video/mp4' }, text: 'frames' },
    contentType: 'video/mp4',
    content: Buffer.from('frames'),
  },
  fetchQuota: { route: 'GET /quota', answer: { json: { left: 3 } }, quota: { remaining: 3, resetsAt: null } },
  refreshCredential: {
    route: 'POST /refresh',
    answer: { json: { access: 'sk-new' } },
    credential: { secret: 'sk-new', refreshSecret: null, expiresAt: null },
  },
  activate: { route: 'POST /activate', answer: { json: {} }, alreadyActive: { json: { was: true } } },
  reconcile: {
    route: 'GET /jobs',
    found: { json: { data: [{ id: 'j1', status: 'queued', attemptId: 'attempt-1' }] } },
    missing: { answer: { json: { data: [] } }, outcome: 'absent' },
  },
  parseWebhook: {
    genuine: (secret) => {
      const rawBody = Buffer.from(JSON.stringify({ id: 'j1' }));
      return { headers: { 'x-signature': sign(rawBody, secret) }, rawBody };
    },
  },
});
