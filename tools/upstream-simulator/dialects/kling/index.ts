import { createHmac } from 'node:crypto';

import type { World } from '../../core/world.js';
import { jsonAnswer } from '../../http/answer.js';
import { wordedVoice } from '../../http/worded-voice.js';
import { callBack } from '../call-back.js';
import { create, read, type Render } from '../jobs.js';
import { fileUrl, jsonDialect, type JsonApi, type JsonCall, type JsonRoute } from '../json-dialect.js';

const routesOf = (endpoint: string): readonly JsonRoute[] => [
  {
    method: 'POST',
    path: `/videos/${endpoint}`,
    operation: 'create',
    promptOf: ({ prompt }) => prompt,
    perform: (call, world, caller) => {
      const { prompt, model_name: model, callback_url: url } = call.body;
      const answer = create(world, caller, { prompt, model: String(model) }, answered(task(call)));
      callBack(world, answer.made, { url, render: task(call) });
      return answer;
    },
  },
  {
    method: 'GET',
    path: `/videos/${endpoint}/:id`,
    operation: 'retrieve',
    perform: (call, world, caller) => read(world, caller, call.params['id'] ?? '', answered(task(call))),
  },
  {
    method: 'GET',
    path: `/videos/${endpoint}`,
    operation: 'models',
    perform: () => jsonAnswer(200, { code: 0, message: 'SUCCEED', request_id: 'simulated', data: [] }),
  },
];

/** Kling's videos. A caller shows a JWT that one of the pairs `accessKey:secretKey` signed. */
export const kling = jsonDialect({
  prefix: '/kling',
  secretOf: pairOf,
  voice: wordedVoice({
    refusals: {
      unauthorized: [401, '1002'],
      'rate-limited': [429, '1303'],
      'quota-exhausted': [429, '1102'],
      'not-found': [404, '1203'],
      'invalid-request': [400, '1201'],
      conflict: [400, '1200'],
    },
    failure: '5000',
    body: ({ code, message }) => ({ code: Number(code), message, request_id: 'simulated' }),
  }),
  routes: [...routesOf('text2video'), ...routesOf('image2video')],
});

function pairOf({ authorization }: Parameters<JsonApi['secretOf']>[0], world: World): string {
  const [header = '', claims = '', signature = ''] = String(authorization ?? '')
    .replace(/^Bearer /, '')
    .split('.');
  const isSigner = (pair: string): boolean =>
    createHmac('sha256', pair.slice(pair.indexOf(':') + 1))
      .update(`${header}.${claims}`)
      .digest('base64url') === signature;
  const signer = [...world.credentials.secrets()].filter((secret) => secret.includes(':')).find(isSigner);
  return signer !== undefined && isGood(claims, signer, world.clock.now()) ? signer : '';
}

function isGood(claims: string, pair: string, now: number): boolean {
  const read: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString());
  if (typeof read !== 'object' || read === null || !('exp' in read && 'iss' in read)) return false;
  return Number(read.exp) * 1_000 > now && pair.startsWith(`${String(read.iss)}:`);
}

const answered =
  (render: Render): Render =>
  (seen) => ({ code: 0, message: 'SUCCEED', request_id: 'simulated', data: render(seen) });

/** What callbacks show; answers have it as their `data`. */
const task =
  (call: JsonCall): Render =>
  ({ job, view }) => ({
    task_id: job.id,
    task_status: STATUS[view.status],
    task_status_msg: view.error?.message ?? '',
    created_at: job.createdAt,
    updated_at: view.finishedAt ?? job.createdAt,
    ...(view.status === 'completed'
      ? { task_result: { videos: [{ id: job.id, url: fileUrl(call, job.id), duration: '5' }] } }
      : {}),
  });

const STATUS = {
  queued: 'submitted',
  in_progress: 'processing',
  completed: 'succeed',
  failed: 'failed',
} as const;
