import type { Caller } from '../../core/caller.js';
import type { Job } from '../../core/job.js';
import type { World } from '../../core/world.js';
import { jsonAnswer, type Answer } from '../../http/answer.js';
import { wordedVoice } from '../../http/worded-voice.js';
import { create } from '../jobs.js';
import { bySchemes, jsonDialect, type JsonCall } from '../json-dialect.js';

/** One pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** The OpenAI Images API: the answer to a submission holds the image, and its job has ended. */
export const openaiImages = jsonDialect({
  prefix: '/openai-images',
  secretOf: bySchemes('Bearer'),
  voice: wordedVoice({
    refusals: {
      unauthorized: [401, 'invalid_api_key'],
      'rate-limited': [429, 'rate_limit_exceeded'],
      'quota-exhausted': [429, 'insufficient_quota'],
      'not-found': [404, 'not_found'],
      'invalid-request': [400, 'invalid_value'],
      conflict: [409, 'conflict'],
    },
    failure: 'server_error',
    body: ({ code, message }) => errorBody(code, message),
  }),
  routes: [
    {
      method: 'POST',
      path: '/images/generations',
      operation: 'create',
      promptOf: ({ prompt }) => prompt,
      perform: generate,
    },
    {
      method: 'GET',
      path: '/models',
      operation: 'models',
      perform: () => jsonAnswer(200, { object: 'list', data: [] }),
    },
  ],
});

function generate({ body }: JsonCall, world: World, caller: Caller): Answer {
  const { prompt, model } = body;
  const answer = create(world, caller, { prompt, model: String(model) }, ({ job }) => imagesOf(job));
  const { made } = answer;
  if (made === undefined) return answer;
  world.jobs.end(made, world.clock.now(), made.failure);
  const ends = { made, ended: [made] };
  if (made.failure === null) return { ...answer, ...ends };
  const { code, message } = made.failure;
  const isPolicy = code === 'content_policy_violation';
  const word = isPolicy ? 'moderation_blocked' : 'server_error';
  return { ...jsonAnswer(isPolicy ? 400 : 500, errorBody(word, message)), ...ends };
}

const errorBody = (code: string, message: string) => ({
  error: { message, type: 'image_generation_user_error', param: null, code },
});

/** No two jobs have the same file: what follows the end of a PNG is not part of the picture. */
function imagesOf({ id, createdAt, contentBytes }: Job) {
  const file =
    contentBytes === null ? Buffer.concat([PIXEL, Buffer.from(id)]) : Buffer.alloc(contentBytes, id);
  const data = [{ b64_json: file.toString('base64') }];
  return { created: Math.floor(createdAt / 1_000), output_format: 'png', data };
}
