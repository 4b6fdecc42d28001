import { wordedVoice } from '../../http/worded-voice.js';
import { create, read, type Seen } from '../jobs.js';
import { bySchemes, fileUrl, jsonDialect, type JsonCall } from '../json-dialect.js';

/** The Agents API of Luma. */
export const lumaAgents = jsonDialect({
  prefix: '/luma-agents',
  secretOf: bySchemes('Bearer'),
  voice: wordedVoice({
    refusals: {
      unauthorized: [401, 'Invalid API key'],
      'rate-limited': [429, 'Rate limit exceeded'],
      'quota-exhausted': [402, 'Insufficient credits'],
      'not-found': [404, 'Generation not found'],
      'invalid-request': [400, 'Bad request'],
      conflict: [400, 'Bad request'],
    },
    failure: 'Internal error',
    body: ({ code, message }) => ({ detail: `${code}: ${message}` }),
  }),
  routes: [
    {
      method: 'POST',
      path: '/generations',
      operation: 'create',
      promptOf: ({ prompt }) => prompt,
      perform: (call, world, caller) => {
        const { prompt, model } = call.body;
        return { ...create(world, caller, { prompt, model: String(model) }, generation(call)), status: 201 };
      },
    },
    {
      method: 'GET',
      path: '/generations/:id',
      operation: 'retrieve',
      perform: (call, world, caller) => read(world, caller, call.params['id'] ?? '', generation(call)),
    },
  ],
});

const generation =
  (call: JsonCall) =>
  ({ job, view }: Seen) => ({
    id: job.id,
    type: 'video',
    state: STATE[view.status],
    model: job.request.model,
    created_at: new Date(job.createdAt).toISOString(),
    output: view.status === 'completed' ? [{ type: 'video', url: fileUrl(call, job.id) }] : [],
    failure_reason: view.error?.message ?? null,
    failure_code: view.error === null ? null : codeOf(view.error.code),
  });

const codeOf = (code: string): string =>
  code === 'content_policy_violation' ? 'content_moderated' : 'generation_failed';

const STATE = {
  queued: 'queued',
  in_progress: 'processing',
  completed: 'completed',
  failed: 'failed',
} as const;
