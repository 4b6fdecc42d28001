import { jsonAnswer } from '../../http/answer.js';
import { wordedVoice } from '../../http/worded-voice.js';
import { create, read, type Seen } from '../jobs.js';
import { jsonDialect, type JsonApi, type JsonCall } from '../json-dialect.js';

/** Veo, by the long-running operations of the Gemini API. Its files need the key. */
export const googleVeo = jsonDialect({
  prefix: '/google-veo',
  secretOf: keyIn,
  voice: wordedVoice({
    refusals: {
      unauthorized: [401, 'UNAUTHENTICATED'],
      'rate-limited': [429, 'RESOURCE_EXHAUSTED'],
      'quota-exhausted': [429, 'RESOURCE_EXHAUSTED/PerDay'],
      'not-found': [404, 'NOT_FOUND'],
      'invalid-request': [400, 'INVALID_ARGUMENT'],
      conflict: [400, 'FAILED_PRECONDITION'],
    },
    failure: 'INTERNAL',
    body: ({ status: code, code: word, message }) => {
      const [status, limit] = word.split('/');
      return { error: { code, message, status, details: limit === undefined ? [] : [quotaOf(limit)] } };
    },
  }),
  // Two colons stand for one.
  guardedFiles: '/files/:id(^[\\w-]+)::download',
  routes: [
    {
      method: 'POST',
      path: '/models/:model(^[\\w.-]+)::predictLongRunning',
      operation: 'create',
      promptOf: promptIn,
      perform: (call, world, caller) => {
        const asked = { prompt: promptIn(call.body), model: call.params['model'] ?? '' };
        return create(world, caller, { ...asked, field: 'instances[0].prompt' }, operation(call));
      },
    },
    {
      method: 'GET',
      path: '/models/:model/operations/:id',
      operation: 'retrieve',
      perform: (call, world, caller) => read(world, caller, call.params['id'] ?? '', operation(call)),
    },
    {
      method: 'GET',
      path: '/models',
      operation: 'models',
      perform: () => jsonAnswer(200, { models: [] }),
    },
  ],
});

function keyIn(headers: Parameters<JsonApi['secretOf']>[0]): string {
  return String(headers['x-goog-api-key'] ?? '');
}

function promptIn({ instances }: JsonCall['body']): unknown {
  const first: unknown = Array.isArray(instances) ? instances[0] : undefined;
  return typeof first === 'object' && first !== null && 'prompt' in first ? first.prompt : undefined;
}

const quotaOf = (limit: string) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaId: `PredictLongRunningRequests${limit}PerProject`, quotaValue: '10' }],
});

const operation =
  (call: JsonCall) =>
  ({ job, view }: Seen) => ({
    name: `models/${job.request.model}/operations/${job.id}`,
    ...(view.finishedAt === null ? {} : { done: true, ...endOf(call, { job, view }) }),
  });

function endOf({ base }: JsonCall, { job, view: { error } }: Seen) {
  const videos = (response: unknown) => ({ response: { generateVideoResponse: response } });
  switch (error?.code) {
    case undefined:
      return videos({ generatedSamples: [{ video: { uri: `${base}/files/${job.id}:download?alt=media` } }] });
    case 'content_policy_violation':
      return videos({ raiMediaFilteredCount: 1, raiMediaFilteredReasons: [error.message] });
    default:
      return { error: { code: 13, message: error?.message } };
  }
}
