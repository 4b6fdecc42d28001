import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { Operation } from '../../core/operation.js';
import { exchange } from '../../http/exchange.js';
import type { Dialect, Stage } from '../dialect.js';
import {
  cancelVideo,
  createVideo,
  deleteVideo,
  downloadVideo,
  listModels,
  listVideos,
  readQuota,
  remixVideo,
  retrieveVideo,
  type Action,
} from './actions.js';
import { readForm, type Form } from './form.js';
import { errorAnswer, openaiVoice } from './voice.js';

const MOST_BODY_BYTES = 64 * 1024 * 1024;

interface Video {
  readonly Params: { readonly id: string };
}

/** The OpenAI Videos API, with a cancel as some gateways have it. */
export const openaiVideos: Dialect = {
  prefix: '/v1',
  async register(app: FastifyInstance, stage: Stage): Promise<void> {
    await app.register(multipart, { limits: { fileSize: MOST_BODY_BYTES, fieldSize: MOST_BODY_BYTES } });
    app.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: MOST_BODY_BYTES }, keepText);
    answerStrayCalls(app);
    addSubmissions(app, stage);
    addReads(app, stage);
    addEnds(app, stage);
  },
};

function addSubmissions(app: FastifyInstance, stage: Stage): void {
  app.post('/videos', async (request, reply) => {
    const form = await readForm(request);
    return respond(stage, { operation: 'create', request, form, action: createVideo(form) }, reply);
  });
  app.post<Video>('/videos/:id/remix', async (request, reply) => {
    const form = await readForm(request);
    const action = remixVideo(request.params.id, form);
    return respond(stage, { operation: 'remix', request, form, action }, reply);
  });
}

function addReads(app: FastifyInstance, stage: Stage): void {
  app.get<Video>('/videos/:id', (request, reply) =>
    respond(stage, { operation: 'retrieve', request, action: retrieveVideo(request.params.id) }, reply),
  );
  app.get('/videos', (request, reply) =>
    respond(stage, { operation: 'list', request, action: listVideos(request.query) }, reply),
  );
  app.get<Video>('/videos/:id/content', (request, reply) => {
    const { headers, params, query } = request;
    const ifRange = headers['if-range'];
    const download = {
      id: params.id,
      query,
      range: headers.range,
      ifRange: typeof ifRange === 'string' ? ifRange : undefined,
    };
    return respond(
      stage,
      { operation: 'content', request, action: downloadVideo(download, stage.media) },
      reply,
    );
  });
  app.get('/quota', (request, reply) =>
    respond(stage, { operation: 'models', request, action: readQuota() }, reply),
  );
  app.get('/models', (request, reply) =>
    respond(stage, { operation: 'models', request, action: listModels() }, reply),
  );
}

function addEnds(app: FastifyInstance, stage: Stage): void {
  app.post<Video>('/videos/:id/cancel', (request, reply) =>
    respond(stage, { operation: 'cancel', request, action: cancelVideo(request.params.id) }, reply),
  );
  app.delete<Video>('/videos/:id', (request, reply) =>
    respond(stage, { operation: 'delete', request, action: deleteVideo(request.params.id) }, reply),
  );
}

interface Asked {
  readonly operation: Operation;
  readonly request: FastifyRequest;
  readonly form?: Form;
  readonly action: Action;
}

async function respond(
  stage: Stage,
  { operation, request, form, action }: Asked,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const prompt = form?.fields['prompt'];
  const key = request.headers['idempotency-key'];
  const incoming = {
    operation,
    secret: bearerOf(request.headers.authorization),
    jobId: jobIdOf(request.params),
    prompt: typeof prompt === 'string' ? prompt : null,
    idempotencyKey: typeof key === 'string' ? key : undefined,
    perform: action,
  };
  await exchange(stage.world(), openaiVoice, incoming, reply);
  return reply;
}

/** Calls to paths that do not exist, and bodies too large or of a type unknown, get errors in OpenAI's words too. */
function answerStrayCalls(app: FastifyInstance): void {
  const say = (reply: FastifyReply, status: number, message: string): FastifyReply => {
    const type = status < 500 ? 'invalid_request_error' : 'server_error';
    const { headers, body } = errorAnswer(status, { message, type, param: null, code: null });
    return reply.code(status).headers(headers).send(body);
  };
  app.setNotFoundHandler((request, reply) =>
    say(reply, 404, `Invalid URL (${request.method} ${request.url})`),
  );
  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) =>
    say(reply, error.statusCode ?? 500, error.message),
  );
}

/** JSON is parsed later, after the faults had their turn. */
const keepText = (
  _request: FastifyRequest,
  body: string,
  done: (error: null, body: string) => void,
): void => {
  done(null, body);
};

const bearerOf = (authorization = ''): string => /^bearer +(.+)$/i.exec(authorization)?.[1] ?? '';

function jobIdOf(params: unknown): string | null {
  if (typeof params !== 'object' || params === null || !('id' in params)) return null;
  return typeof params.id === 'string' ? params.id : null;
}
