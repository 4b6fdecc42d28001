import { describeProvider } from 'penstock/plugin-api/testing';

import {
  DONE,
  FAILED,
  KEY_INVALID,
  quotaFailure,
  refusal,
  RETRY_INFO,
  STARTED,
} from './documented.fixture.js';
import { GoogleVeoProvider } from './google-veo.provider.js';

const OPERATION = 'GET /models/veo-3.1-generate-preview/operations/:id';

describeProvider({
  name: 'google-veo',
  create: () => new GoogleVeoProvider(),
  jobId: STARTED.name,
  submit: { route: 'POST /models/veo-3.1-generate-preview:predictLongRunning', answer: { json: STARTED } },
  poll: {
    route: OPERATION,
    inProgress: { answer: { json: STARTED }, progress: null },
    completed: { answer: { json: DONE }, assets: ['video'] },
    failed: { answer: { json: FAILED }, code: 'generation_failed', message: 'Internal error.' },
    notFound: refusal(404, 'NOT_FOUND'),
  },
  verify: { route: 'GET /models', answer: { json: { models: [] } } },
  download: {
    route: 'GET /files/qu4d28uipuqh:download',
    also: { [OPERATION]: { json: DONE } },
    answer: { bytes: Buffer.from('mp4 bytes'), headers: { 'content-type': 'video/mp4' } },
    contentType: 'video/mp4',
    content: Buffer.from('mp4 bytes'),
  },
  failures: {
    unauthorized: KEY_INVALID,
    rate_limited: refusal(429, 'RESOURCE_EXHAUSTED', quotaFailure('RequestsPerMinute'), RETRY_INFO),
    quota_exhausted: refusal(429, 'RESOURCE_EXHAUSTED', quotaFailure('RequestsPerDay'), RETRY_INFO),
    invalid_request: refusal(400, 'INVALID_ARGUMENT'),
    transient: refusal(503, 'UNAVAILABLE'),
    ambiguous: refusal(504, 'DEADLINE_EXCEEDED'),
  },
});
