import { Refusal } from '../../core/refusal.js';
import { jsonAnswer } from '../../http/answer.js';
import { wordedVoice } from '../../http/worded-voice.js';
import { create, isCancelled, newest, read, stop, type Seen } from '../jobs.js';
import { bySchemes, fileUrl, jsonDialect, type JsonCall } from '../json-dialect.js';

/** The asynchronous tasks of DashScope, for Wan. */
export const dashscope = jsonDialect({
  prefix: '/dashscope',
  secretOf: bySchemes('Bearer'),
  voice: wordedVoice({
    refusals: {
      unauthorized: [401, 'InvalidApiKey'],
      'rate-limited': [429, 'Throttling.RateQuota'],
      'quota-exhausted': [400, 'Arrearage'],
      'not-found': [404, 'NotFound'],
      'invalid-request': [400, 'InvalidParameter'],
      conflict: [400, 'UnsupportedOperation'],
    },
    failure: 'InternalError',
    body: ({ code, message }) => ({ code, message, request_id: 'simulated' }),
  }),
  routes: [
    {
      method: 'POST',
      path: '/services/aigc/video-generation/video-synthesis',
      operation: 'create',
      promptOf: promptIn,
      perform: (call, world, caller) => {
        if (call.headers['x-dashscope-async'] !== 'enable') {
          throw new Refusal('invalid-request', 'current user api does not support synchronous calls.');
        }
        const asked = { prompt: promptIn(call.body), model: String(call.body['model']) };
        return create(world, caller, { ...asked, field: 'input.prompt' }, task(call));
      },
    },
    {
      method: 'GET',
      path: '/tasks/:id',
      operation: 'retrieve',
      perform: (call, world, caller) => read(world, caller, call.params['id'] ?? '', task(call)),
    },
    {
      method: 'POST',
      path: '/tasks/:id/cancel',
      operation: 'cancel',
      perform: (call, world, caller) => ({
        ...stop(world, caller, call.params['id'] ?? '', task(call)),
        ...jsonAnswer(200, { request_id: 'simulated' }),
      }),
    },
    {
      method: 'GET',
      path: '/tasks/',
      operation: 'models',
      perform: (_call, world, caller) =>
        newest(world, caller, 1, (all) => ({ data: all.map(({ job }) => ({ task_id: job.id })) })),
    },
  ],
});

function promptIn({ input }: JsonCall['body']): unknown {
  return typeof input === 'object' && input !== null && 'prompt' in input ? input.prompt : undefined;
}

const task =
  (call: JsonCall) =>
  ({ job, view }: Seen) => ({
    request_id: 'simulated',
    output: {
      task_id: job.id,
      task_status: isCancelled(view) ? 'CANCELED' : STATUS[view.status],
      ...(view.status === 'completed' ? { video_url: fileUrl(call, job.id) } : {}),
      ...(view.error === null ? {} : { code: codeOf(view.error.code), message: view.error.message }),
    },
  });

const codeOf = (code: string): string =>
  code === 'content_policy_violation' ? 'DataInspectionFailed' : 'InternalError';

const STATUS = {
  queued: 'PENDING',
  in_progress: 'RUNNING',
  completed: 'SUCCEEDED',
  failed: 'FAILED',
} as const;
