import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { Caller } from '../core/caller.js';
import type { Operation } from '../core/operation.js';
import { Refusal } from '../core/refusal.js';
import type { World } from '../core/world.js';
import { bodyAnswer, type Answer } from '../http/answer.js';
import { exchange } from '../http/exchange.js';
import type { Voice } from '../http/voice.js';
import type { Dialect, Stage } from './dialect.js';

const MOST_BODY_BYTES = 64 * 1024 * 1024;

/** A call of a JSON API. */
export interface JsonCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** The fields of the body; none when it has none or could not be read. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Where the dialect is as the caller sees it, such as `http://127.0.0.1:9090/replicate`. */
  readonly base: string;
}

/** One route of a JSON API. */
export interface JsonRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Relative to the prefix; a parameter `id` names a job. */
  readonly path: string;
  readonly operation: Operation;
  /** Where a submission has its prompt. */
  readonly promptOf?: (body: JsonCall['body']) => unknown;
  /** Does what is asked. It may throw a {@link Refusal}. */
  perform(call: JsonCall, world: World, caller: Caller): Answer;
}

/** An HTTP API of JSON in, JSON out, whose files lie at URLs that grant the access themselves, or need the secret. */
export interface JsonApi {
  /** Where its paths begin, such as `/replicate`. */
  readonly prefix: string;
  readonly voice: Voice;
  /** The secret that a call bears; empty when there is none. */
  secretOf(headers: JsonCall['headers'], world: World): string;
  readonly routes: readonly JsonRoute[];
  /** Where files lie that need the secret; a parameter `id` names the job. @defaultValue `/files/{id}.mp4`, without it */
  readonly guardedFiles?: string;
}

/** Makes the dialect of a JSON API: its routes, and its files below the prefix. */
export function jsonDialect(api: JsonApi): Dialect {
  return {
    prefix: api.prefix,
    register: (app, stage) => {
      app.removeAllContentTypeParsers();
      app.addContentTypeParser(
        '*',
        { parseAs: 'string', bodyLimit: MOST_BODY_BYTES },
        (_request, body, done) => {
          done(null, body);
        },
      );
      for (const route of api.routes) addRoute(app, stage, api, route);
      addFiles(app, stage, api);
      return Promise.resolve();
    },
  };
}

/** The URL of a job's video. */
export const fileUrl = ({ base }: JsonCall, jobId: string): string => `${base}/files/${jobId}.mp4?sig=ok`;

/** `Authorization: <scheme> <secret>`. */
export const bySchemes =
  (...schemes: readonly string[]): JsonApi['secretOf'] =>
  ({ authorization }) => {
    const [scheme = '', secret = ''] = String(authorization ?? '').split(' ');
    return schemes.includes(scheme) ? secret : '';
  };

function addRoute(app: FastifyInstance, stage: Stage, api: JsonApi, route: JsonRoute): void {
  app.route({
    method: route.method,
    url: route.path,
    handler: async (request, reply) => {
      const world = stage.world();
      const { call, problem } = callOf(request, api.prefix);
      const prompt = route.promptOf?.(call.body);
      const incoming = {
        operation: route.operation,
        secret: api.secretOf(call.headers, world),
        jobId: call.params['id'] ?? null,
        prompt: typeof prompt === 'string' ? prompt : null,
        perform: (at: World, caller: Caller): Answer => {
          if (problem !== null) throw problem;
          return route.perform(call, at, caller);
        },
      };
      await exchange(world, api.voice, incoming, reply);
      return reply;
    },
  });
}

/** A URL with a signature stands for the account that the job belongs to. */
function addFiles(app: FastifyInstance, { world, media }: Stage, api: JsonApi): void {
  const { voice, guardedFiles } = api;
  const path = guardedFiles ?? '/files/:id.mp4';
  app.get<{ Params: { id: string } }>(path, async (request, reply): Promise<FastifyReply> => {
    const { id } = request.params;
    const owner = world().jobs.find(id)?.secret ?? '';
    const { headers } = request;
    const ifRange = headers['if-range'];
    const incoming = {
      operation: 'content' as const,
      secret: guardedFiles === undefined ? owner : api.secretOf(request.headers, world()),
      jobId: id,
      prompt: null,
      perform: (at: World): Answer => {
        const job = at.jobs.find(id);
        if (job === undefined) throw new Refusal('not-found', 'There is no such file.');
        const etag = typeof ifRange === 'string' ? ifRange : undefined;
        return bodyAnswer(media.bodyOf(job, 'video'), headers.range, etag);
      },
    };
    await exchange(world(), voice, incoming, reply);
    return reply;
  });
}

function callOf(
  request: FastifyRequest,
  prefix: string,
): { readonly call: JsonCall; readonly problem: Refusal | null } {
  const body = fieldsOf(request.body);
  const call = {
    params: { ...(request.params as object) },
    query: { ...(request.query as object) },
    body: body ?? {},
    headers: request.headers,
    base: `${request.protocol}://${request.host}${prefix}`,
  };
  return {
    call,
    problem: body === null ? new Refusal('invalid-request', 'The body is not a JSON object.') : null,
  };
}

/** `null` when there is a body that is no JSON object. */
function fieldsOf(body: unknown): Record<string, unknown> | null {
  if (body === undefined || body === '') return {};
  try {
    const parsed: unknown = JSON.parse(typeof body === 'string' ? body : '');
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : null;
  } catch {
    return null;
  }
}
