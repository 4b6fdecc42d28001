import { wordedVoice } from '../../http/worded-voice.js';
import { callBack } from '../call-back.js';
import { create, isCancelled, newest, read, stop, type Seen } from '../jobs.js';
import { bySchemes, fileUrl, jsonDialect, type JsonCall } from '../json-dialect.js';

const TASKS = '/contents/generations/tasks';
const PAGE = 100;

/** The tasks of ModelArk, for Seedance. */
export const ark = jsonDialect({
  prefix: '/ark',
  secretOf: bySchemes('Bearer'),
  voice: wordedVoice({
    refusals: {
      unauthorized: [401, 'AuthenticationError'],
      'rate-limited': [429, 'RateLimitExceeded'],
      'quota-exhausted': [403, 'AccountOverdueError'],
      'not-found': [404, 'ResourceNotFound'],
      'invalid-request': [400, 'InvalidParameter'],
      conflict: [409, 'InvalidAction'],
    },
    failure: 'InternalServiceError',
    body: ({ code, message }) => ({ error: { code, message, param: '', type: 'simulated' } }),
  }),
  routes: [
    {
      method: 'POST',
      path: TASKS,
      operation: 'create',
      promptOf: promptIn,
      perform: (call, world, caller) => {
        const { body } = call;
        const asked = { prompt: promptIn(body), model: String(body['model']), field: 'content' };
        const answer = create(world, caller, asked, ({ job }) => ({ id: job.id }));
        callBack(world, answer.made, { url: body['callback_url'], render: task(call) });
        return answer;
      },
    },
    {
      method: 'GET',
      path: `${TASKS}/:id`,
      operation: 'retrieve',
      perform: (call, world, caller) => read(world, caller, call.params['id'] ?? '', task(call)),
    },
    {
      method: 'GET',
      path: TASKS,
      operation: 'list',
      perform: (call, world, caller) =>
        newest(world, caller, PAGE, (all) => ({ items: all.map(task(call)), total: all.length })),
    },
    {
      method: 'DELETE',
      path: `${TASKS}/:id`,
      operation: 'cancel',
      perform: (call, world, caller) => stop(world, caller, call.params['id'] ?? '', () => ({})),
    },
  ],
});

function promptIn({ content }: JsonCall['body']): unknown {
  const parts: readonly unknown[] = Array.isArray(content) ? content : [];
  const named = parts.find(isText);
  return named?.text;
}

const isText = (part: unknown): part is { readonly text: unknown } =>
  typeof part === 'object' && part !== null && 'text' in part;

const task =
  (call: JsonCall) =>
  ({ job, view }: Seen) => ({
    id: job.id,
    model: job.request.model,
    status: isCancelled(view) ? 'cancelled' : STATUS[view.status],
    error: view.error === null ? null : { code: codeOf(view.error.code), message: view.error.message },
    ...(view.status === 'completed' ? { content: { video_url: fileUrl(call, job.id) } } : {}),
    created_at: Math.floor(job.createdAt / 1_000),
    updated_at: Math.floor((view.finishedAt ?? job.createdAt) / 1_000),
  });

const codeOf = (code: string): string =>
  code === 'content_policy_violation' ? 'OutputVideoSensitiveContentDetected' : 'InternalServiceError';

const STATUS = {
  queued: 'queued',
  in_progress: 'running',
  completed: 'succeeded',
  failed: 'failed',
} as const;
