import { describeProvider, type RecordedRequest } from 'penstock/plugin-api/testing';

import { CREATED, FAILED, RUNNING, SUCCEEDED, THROTTLED } from './documented.fixture.js';
import { RunwayProvider } from './runway.provider.js';

const fileAt = ({ headers }: RecordedRequest): string =>
  `http://${headers['host'] ?? ''}/files/out.mp4?_jwt=a.b`;

describeProvider({
  name: 'runway',
  create: () => new RunwayProvider(),
  jobId: CREATED.id,
  submit: { route: 'POST /text_to_video', answer: { json: CREATED } },
  poll: {
    route: 'GET /tasks/:id',
    queued: { json: THROTTLED },
    inProgress: { answer: { json: RUNNING }, progress: 40 },
    completed: { answer: { json: SUCCEEDED }, assets: ['video'] },
    failed: {
      answer: { json: FAILED },
      code: 'content_policy',
      message: `SAFETY.INPUT.TEXT: ${FAILED.failure}`,
    },
    cancelled: { json: { ...THROTTLED, status: 'CANCELLED' } },
  },
  verify: { route: 'GET /organization', answer: { json: { creditBalance: 10 } } },
  cancel: {
    route: 'DELETE /tasks/:id',
    answer: { status: 204 },
    also: { 'GET /tasks/:id': { json: RUNNING } },
    alreadyEnded: { status: 404, json: { error: 'No such task.' } },
  },
  download: {
    route: 'GET /files/out.mp4',
    answer: { bytes: Buffer.from('mp4 bytes'), headers: { 'content-type': 'video/mp4' } },
    contentType: 'video/mp4',
    content: Buffer.from('mp4 bytes'),
    locate: {
      route: 'GET /tasks/:id',
      answer: (request) => ({ json: { ...SUCCEEDED, output: [fileAt(request)] } }),
    },
  },
  failures: {
    invalid_request: { status: 400, json: { error: 'Validation of body failed', issues: [] } },
  },
});
