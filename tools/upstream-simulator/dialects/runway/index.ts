import { Refusal } from '../../core/refusal.js';
import { jsonAnswer } from '../../http/answer.js';
import { wordedVoice } from '../../http/worded-voice.js';
import { create, isCancelled, read, stop, type Seen } from '../jobs.js';
import { bySchemes, fileUrl, jsonDialect, type JsonCall, type JsonRoute } from '../json-dialect.js';

const submission = (path: string): JsonRoute => ({
  method: 'POST',
  path,
  operation: 'create',
  promptOf: ({ promptText }) => promptText,
  perform: ({ body, headers }, world, caller) => {
    if (headers['x-runway-version'] !== '2024-11-06') {
      throw new Refusal('invalid-request', 'The X-Runway-Version header is missing or unknown.');
    }
    const asked = { prompt: body['promptText'], model: String(body['model']), field: 'promptText' };
    return create(world, caller, asked, ({ job }) => ({ id: job.id }));
  },
});

/** The tasks of Runway. What waits shows as throttled first: accepted, but not queued. */
export const runway = jsonDialect({
  prefix: '/runway',
  secretOf: bySchemes('Bearer'),
  voice: wordedVoice({
    refusals: {
      unauthorized: [401, 'Unauthorized'],
      'rate-limited': [429, 'Too many requests'],
      'quota-exhausted': [402, 'Not enough credits'],
      'not-found': [404, 'Not found'],
      'invalid-request': [400, 'Validation of body failed'],
      conflict: [404, 'Not found'],
    },
    failure: 'Internal error',
    body: ({ code, message }) => ({ error: `${code}: ${message}` }),
  }),
  routes: [
    submission('/text_to_video'),
    submission('/image_to_video'),
    {
      method: 'GET',
      path: '/tasks/:id',
      operation: 'retrieve',
      perform: (call, world, caller) => read(world, caller, call.params['id'] ?? '', task(call)),
    },
    {
      method: 'DELETE',
      path: '/tasks/:id',
      operation: 'cancel',
      perform: (call, world, caller) => ({
        ...stop(world, caller, call.params['id'] ?? '', task(call)),
        status: 204,
        body: '',
      }),
    },
    {
      method: 'GET',
      path: '/organization',
      operation: 'models',
      perform: () => jsonAnswer(200, { creditBalance: 1_000, tier: {}, usage: {} }),
    },
  ],
});

const task =
  (call: JsonCall) =>
  ({ job, view }: Seen) => ({
    id: job.id,
    createdAt: new Date(job.createdAt).toISOString(),
    status: isCancelled(view) ? 'CANCELLED' : STATUS[view.status],
    ...(view.status === 'in_progress' ? { progress: view.progress / 100 } : {}),
    ...(view.status === 'completed' ? { output: [fileUrl(call, job.id)] } : {}),
    ...(view.error === null
      ? {}
      : { failure: view.error.message, failureCode: failureCode(view.error.code) }),
  });

const failureCode = (code: string): string =>
  code === 'content_policy_violation' ? 'SAFETY.INPUT.TEXT' : 'INTERNAL.BAD_OUTPUT.CODE01';

const STATUS = {
  queued: 'THROTTLED',
  in_progress: 'RUNNING',
  completed: 'SUCCEEDED',
  failed: 'FAILED',
} as const;
