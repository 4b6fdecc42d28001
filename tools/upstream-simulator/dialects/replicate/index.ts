import { jsonAnswer } from '../../http/answer.js';
import { wordedVoice } from '../../http/worded-voice.js';
import { callBack, standardSignature } from '../call-back.js';
import { create, isCancelled, newest, read, stop, type Seen } from '../jobs.js';
import { bySchemes, fileUrl, jsonDialect, type JsonCall } from '../json-dialect.js';

const PAGE = 100;
const iso = (ms: number): string => new Date(ms).toISOString();

/** The predictions API of Replicate, for models without a version. */
export const replicate = jsonDialect({
  prefix: '/replicate',
  secretOf: bySchemes('Bearer', 'Token'),
  voice: wordedVoice({
    refusals: {
      unauthorized: [401, 'Unauthenticated'],
      'rate-limited': [429, 'Too many requests'],
      'quota-exhausted': [402, 'Insufficient credit'],
      'not-found': [404, 'Not found'],
      'invalid-request': [422, 'Input validation failed'],
      conflict: [409, 'Conflict'],
    },
    failure: 'Internal server error',
    body: ({ status, code, message }) => ({ title: code, detail: message, status }),
  }),
  routes: [
    {
      method: 'POST',
      path: '/models/:owner/:name/predictions',
      operation: 'create',
      promptOf: promptIn,
      perform: (call, world, caller) => {
        const { owner = '', name = '' } = call.params;
        const asked = { prompt: promptIn(call.body), model: `${owner}/${name}`, field: 'input.prompt' };
        const answer = create(world, caller, asked, prediction(call));
        const { webhook: url } = call.body;
        const sign = standardSignature(`msg_${answer.made?.id ?? ''}`);
        callBack(world, answer.made, { url, render: prediction(call), sign });
        return { ...answer, status: 201 };
      },
    },
    {
      method: 'GET',
      path: '/predictions/:id',
      operation: 'retrieve',
      perform: (call, world, caller) => read(world, caller, call.params['id'] ?? '', prediction(call)),
    },
    {
      method: 'GET',
      path: '/predictions',
      operation: 'list',
      perform: (call, world, caller) =>
        newest(world, caller, PAGE, (all) => ({
          previous: null,
          next: null,
          results: all.map(prediction(call)),
        })),
    },
    {
      method: 'POST',
      path: '/predictions/:id/cancel',
      operation: 'cancel',
      perform: (call, world, caller) => stop(world, caller, call.params['id'] ?? '', prediction(call)),
    },
    {
      method: 'GET',
      path: '/account',
      operation: 'models',
      perform: () => jsonAnswer(200, { type: 'organization', username: 'acme', name: 'Acme Corp, Inc.' }),
    },
  ],
});

function promptIn({ input }: JsonCall['body']): unknown {
  return typeof input === 'object' && input !== null && 'prompt' in input ? input.prompt : undefined;
}

const prediction =
  (call: JsonCall) =>
  ({ job, view }: Seen) => {
    const cancelled = isCancelled(view);
    return {
      id: job.id,
      model: job.request.model,
      input: { prompt: job.request.prompt },
      source: 'api',
      status: cancelled ? 'canceled' : STATUS[view.status],
      output: view.status === 'completed' ? fileUrl(call, job.id) : null,
      error: view.error === null || cancelled ? null : view.error.message,
      logs: '',
      created_at: iso(job.createdAt),
      completed_at: view.finishedAt === null ? null : iso(view.finishedAt),
      urls: {
        get: `${call.base}/predictions/${job.id}`,
        cancel: `${call.base}/predictions/${job.id}/cancel`,
      },
    };
  };

const STATUS = {
  queued: 'starting',
  in_progress: 'processing',
  completed: 'succeeded',
  failed: 'failed',
} as const;
