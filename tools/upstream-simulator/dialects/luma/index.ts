import { jsonAnswer } from '../../http/answer.js';
import { wordedVoice } from '../../http/worded-voice.js';
import { callBack } from '../call-back.js';
import { create, newest, read, type Seen } from '../jobs.js';
import { bySchemes, fileUrl, jsonDialect, type JsonCall } from '../json-dialect.js';

const PAGE = 100;

/** The Dream Machine API of Luma. */
export const luma = jsonDialect({
  prefix: '/luma',
  secretOf: bySchemes('Bearer'),
  voice: wordedVoice({
    refusals: {
      unauthorized: [401, 'Unauthorized'],
      'rate-limited': [429, 'Too many requests'],
      'quota-exhausted': [402, 'Insufficient credits'],
      'not-found': [404, 'Not found'],
      'invalid-request': [400, 'Bad request'],
      conflict: [400, 'Bad request'],
    },
    failure: 'Internal error',
    body: ({ code, message }) => ({ detail: `${code}: ${message}` }),
  }),
  routes: [
    {
      method: 'POST',
      path: '/generations/video',
      operation: 'create',
      promptOf: ({ prompt }) => prompt,
      perform: (call, world, caller) => {
        const { prompt, model } = call.body;
        const answer = create(world, caller, { prompt, model: String(model) }, generation(call));
        callBack(world, answer.made, { url: call.body['callback_url'], render: generation(call) });
        return { ...answer, status: 201 };
      },
    },
    {
      method: 'GET',
      path: '/generations/:id',
      operation: 'retrieve',
      perform: (call, world, caller) => read(world, caller, call.params['id'] ?? '', generation(call)),
    },
    {
      method: 'GET',
      path: '/generations',
      operation: 'list',
      perform: (call, world, caller) =>
        newest(world, caller, PAGE, (all) => ({
          generations: all.map(generation(call)),
          has_more: false,
        })),
    },
    {
      method: 'GET',
      path: '/credits',
      operation: 'models',
      perform: () => jsonAnswer(200, { credit_balance: 100_000 }),
    },
  ],
});

const generation =
  (call: JsonCall) =>
  ({ job, view }: Seen) => ({
    id: job.id,
    generation_type: 'video',
    state: STATE[view.status],
    failure_reason: view.error?.message ?? null,
    created_at: new Date(job.createdAt).toISOString(),
    assets: view.status === 'completed' ? { video: fileUrl(call, job.id) } : null,
    model: job.request.model,
    request: { prompt: job.request.prompt, model: job.request.model },
  });

const STATE = {
  queued: 'queued',
  in_progress: 'dreaming',
  completed: 'completed',
  failed: 'failed',
} as const;
