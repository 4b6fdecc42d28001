import type { Answer } from '../../http/answer.js';
import { wordedVoice } from '../../http/worded-voice.js';
import { callBack, falSignature } from '../call-back.js';
import { create, read, stop, type Seen } from '../jobs.js';
import { bySchemes, fileUrl, jsonDialect, type JsonCall } from '../json-dialect.js';

const REQUEST = '/:owner/:app/requests/:id';

/** The queue of fal, for models without a path behind owner and app. */
export const fal = jsonDialect({
  prefix: '/fal',
  secretOf: bySchemes('Key'),
  voice: wordedVoice({
    refusals: {
      unauthorized: [401, 'Authentication is required to access this application'],
      'rate-limited': [429, 'Too many requests'],
      'quota-exhausted': [402, 'Balance exhausted'],
      'not-found': [404, 'Request not found'],
      'invalid-request': [422, 'Unprocessable entity'],
      conflict: [400, 'ALREADY_COMPLETED'],
    },
    failure: 'Internal server error',
    body: ({ code, message }) => ({ detail: `${code}: ${message}` }),
  }),
  routes: [
    {
      method: 'POST',
      path: '/:owner/:app',
      operation: 'create',
      promptOf: ({ prompt }) => prompt,
      perform: (call, world, caller) => {
        const { owner = '', app = '' } = call.params;
        const asked = { prompt: call.body['prompt'], model: `${owner}/${app}` };
        const answer = create(world, caller, asked, ({ job }) => ({
          ...urlsOf(call, job.id),
          queue_position: 0,
        }));
        const { fal_webhook: url } = call.query;
        const sign = falSignature(answer.made?.id ?? '');
        callBack(world, answer.made, { url, render: callback(call), sign });
        return answer;
      },
    },
    {
      method: 'GET',
      path: `${REQUEST}/status`,
      operation: 'retrieve',
      perform: (call, world, caller) =>
        read(world, caller, idIn(call), ({ job, view }) => ({
          ...urlsOf(call, job.id),
          status: STATUS[view.status],
        })),
    },
    {
      method: 'GET',
      path: REQUEST,
      operation: 'retrieve',
      perform: (call, world, caller): Answer => {
        let status = 200;
        const answer = read(world, caller, idIn(call), (seen) => {
          if (seen.view.status !== 'completed') status = 422;
          return result(call, seen);
        });
        return { ...answer, status };
      },
    },
    {
      method: 'PUT',
      path: `${REQUEST}/cancel`,
      operation: 'cancel',
      perform: (call, world, caller) => ({
        ...stop(world, caller, idIn(call), () => ({ status: 'CANCELLATION_REQUESTED' })),
        status: 202,
      }),
    },
  ],
});

const idIn = ({ params }: JsonCall): string => params['id'] ?? '';

function urlsOf({ base, params }: JsonCall, id: string): object {
  const place = `${base}/${params['owner'] ?? ''}/${params['app'] ?? ''}/requests/${id}`;
  return {
    request_id: id,
    response_url: place,
    status_url: `${place}/status`,
    cancel_url: `${place}/cancel`,
  };
}

function result(call: JsonCall, { job, view }: Seen): object {
  if (view.status === 'completed') {
    return { video: { url: fileUrl(call, job.id), content_type: 'video/mp4', file_name: 'out.mp4' } };
  }
  return {
    detail: [{ loc: ['body'], msg: view.error?.message ?? 'Not ready', type: 'internal_server_error' }],
  };
}

const callback =
  (call: JsonCall) =>
  (seen: Seen): object => ({
    request_id: seen.job.id,
    gateway_request_id: seen.job.id,
    status: seen.view.status === 'completed' ? 'OK' : 'ERROR',
    payload: result(call, seen),
  });

const STATUS = {
  queued: 'IN_QUEUE',
  in_progress: 'IN_PROGRESS',
  completed: 'COMPLETED',
  failed: 'COMPLETED',
} as const;
