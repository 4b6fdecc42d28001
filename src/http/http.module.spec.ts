import { Readable } from 'node:stream';

import { Body, Controller, Get, Module, Param, Post, Query, StreamableFile } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { CodedError } from 'penstock/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { limitSchema } from './cursor.js';
import { errorBodySchema } from './error-body.js';
import { currentRequest } from '../requests/request-context.js';
import { createHttpAdapter } from './http-adapter.js';
import { HttpModule } from './http.module.js';

const thing = z.strictObject({ label: z.string(), count: z.int().default(1) });
const list = z.strictObject({ limit: limitSchema });

@Controller('things')
class ThingsController {
  @Post()
  create(@Body({ schema: thing }) body: z.output<typeof thing>): unknown {
    return body;
  }

  @Get()
  list(@Query({ schema: list }) query: z.output<typeof list>): unknown {
    return query;
  }

  @Post('whose')
  async whose(@Body() body: unknown): Promise<unknown> {
    const atOnce = currentRequest()?.id;
    await new Promise((resolve) => setTimeout(resolve, 1));
    return { atOnce, later: currentRequest()?.id, body };
  }

  @Get('busy')
  busy(): never {
    throw new CodedError('all_busy', 'rate_limited', 'All tokens are busy.', { retryAfterMs: 2500 });
  }

  @Get('broken')
  broken(): never {
    throw new Error('password=hunter2');
  }

  @Get('torn')
  torn(): StreamableFile {
    const body = Readable.from(
      (async function* () {
        yield Buffer.from('begun');
        await Promise.resolve();
        throw new Error('the source broke');
      })(),
    );
    return new StreamableFile(body);
  }

  @Get(':id')
  get(@Param('id', { schema: z.string().regex(/^t_/, 'expected an id such as t_1') }) id: string): unknown {
    return { id };
  }
}

@Module({ imports: [HttpModule], controllers: [ThingsController] })
class FixtureModule {}

describe('HttpModule', () => {
  let app: NestFastifyApplication;
  const logged: string[] = [];
  const log = (...line: unknown[]): void => void logged.push(line.map(String).join(' '));

  beforeAll(async () => {
    const module = await Test.createTestingModule({ imports: [FixtureModule] })
      .setLogger({ log: () => undefined, warn: log, error: log })
      .compile();
    app = module.createNestApplication<NestFastifyApplication>(
      createHttpAdapter({ bodyBytes: 1000, urlCharacters: 500 }),
    );
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });

  afterAll(() => app.close());

  it('lets all that works for a request know its id, after its body and after every wait', async () => {
    const ask = (id: string) =>
      app.inject({
        method: 'POST',
        url: '/things/whose',
        headers: { 'x-request-id': id, 'content-type': 'application/json' },
        payload: JSON.stringify({ from: id }),
      });
    const ids = Array.from({ length: 20 }, (_, n) => `request-${String(n)}`);
    const answers = await Promise.all(ids.map(ask));
    expect(answers.map((answer) => answer.json<unknown>())).toEqual(
      ids.map((id) => ({ atOnce: id, later: id, body: { from: id } })),
    );
    expect(answers.map(({ headers }) => headers['x-request-id'])).toEqual(ids);
    expect(currentRequest()).toBeUndefined();
  });

  async function errorOf(options: {
    method: 'GET' | 'POST';
    url: string;
    headers?: Record<string, string>;
    payload?: string;
  }) {
    const response = await app.inject(options);
    const { error } = errorBodySchema.parse(response.json());
    return { status: response.statusCode, headers: response.headers, ...error };
  }

  const post = (payload: string, type = 'application/json') =>
    errorOf({ method: 'POST', url: '/things', headers: { 'content-type': type }, payload });

  it('hands over what the schema made of the input', async () => {
    const created = await app.inject({ method: 'POST', url: '/things', payload: { label: 'a' } });
    expect([created.statusCode, created.json()]).toEqual([201, { label: 'a', count: 1 }]);
    const listed = await app.inject({ method: 'GET', url: '/things?limit=7' });
    expect(listed.json()).toEqual({ limit: 7 });
  });

  it('names every field that does not fit', async () => {
    expect(await post('{"lable":"a","count":1.5}')).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      code: 'missing_required_parameter',
      param: 'label',
      message:
        '"label" is missing; expected string. "count": got 1.5; expected int. ' +
        '"lable" is not known here. Did you mean "label"?',
    });
  });

  it('checks the query and the path the same way', async () => {
    expect(await errorOf({ method: 'GET', url: '/things?limit=900&cursr=1' })).toMatchObject({
      status: 400,
      param: 'limit',
      message:
        '"limit": got "900"; expected an integer from 1 to 100. "cursr" is not known here. Known are limit.',
    });
    expect(await errorOf({ method: 'GET', url: '/things/x7' })).toMatchObject({
      status: 400,
      param: 'id',
      message: '"id": got "x7"; expected an id such as t_1.',
    });
  });

  it('says where JSON is malformed', async () => {
    const error = await post('{"label": nope}');
    expect(error).toMatchObject({ status: 400, code: 'invalid_json' });
    expect(error.message).toContain("Unexpected token 'o'");
  });

  it('refuses empty JSON, prototype tricks, other media types and missing bodies', async () => {
    expect(await post('')).toMatchObject({ status: 400, code: 'invalid_json' });
    expect(await post('{"label":"a","__proto__":{"x":1}}')).toMatchObject({
      status: 400,
      message: 'The body is not valid JSON: the key "__proto__" is not taken.',
    });
    expect(await post('<a/>', 'application/xml')).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
    });
    expect(await errorOf({ method: 'POST', url: '/things' })).toMatchObject({
      status: 400,
      message: 'The request is missing; expected object.',
    });
  });

  it('takes no compressed body, no NUL, and no part of a path that is longer than any id', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect(await errorOf({ method: 'POST', url: '/things', headers, payload: 'x' })).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
      message: expect.stringContaining('content-encoding: got "gzip"') as string,
    });
    expect(await errorOf({ method: 'GET', url: '/things/%00' })).toMatchObject({
      status: 400,
      code: 'bad_url',
    });
    const long = await errorOf({ method: 'GET', url: `/things/${'x'.repeat(201)}` });
    expect(long).toMatchObject({ status: 414, code: 'bad_url' });
    expect(long.message).not.toContain('xxx');
  });

  it('bounds the body and the URL', async () => {
    expect(await post(JSON.stringify({ label: 'x'.repeat(1000) }))).toMatchObject({
      status: 413,
      code: 'body_too_large',
    });
    expect(await errorOf({ method: 'GET', url: `/things?limit=${'1'.repeat(600)}` })).toMatchObject({
      status: 413,
      code: 'url_too_long',
      message: 'The URL has 614 characters; at most 500 are taken.',
    });
  });

  it('names method and path of an unknown route, without its query', async () => {
    expect(await errorOf({ method: 'GET', url: '/nowhere?secret=1' })).toMatchObject({
      status: 404,
      code: 'route_not_found',
      message: 'There is no GET /nowhere.',
    });
    expect(await errorOf({ method: 'GET', url: '/%zz' })).toMatchObject({ status: 400, code: 'bad_url' });
  });

  it('says when to come again', async () => {
    expect(await errorOf({ method: 'GET', url: '/things/busy' })).toMatchObject({
      status: 429,
      code: 'all_busy',
      headers: { 'retry-after': '3', 'retry-after-ms': '2500' },
    });
  });

  it('shows nothing of a bug but the request id, under which the log has it', async () => {
    const error = await errorOf({
      method: 'GET',
      url: '/things/broken',
      headers: { 'x-request-id': 'mine-1' },
    });
    expect(error).toMatchObject({ status: 500, type: 'server_error', code: 'internal_error' });
    expect(error.message).toContain('mine-1');
    expect(error.message).not.toContain('hunter2');
    expect(
      logged.filter((line) => line.includes('hunter2') && line.includes('GET /things/broken (mine-1)')),
    ).toHaveLength(1);
  });

  it('cuts an answer that breaks on the way instead of ending it as if it were whole', async () => {
    await expect(app.inject({ method: 'GET', url: '/things/torn' })).rejects.toThrow();
  });

  it('takes a request id that is harmless, makes one otherwise, and gives it back', async () => {
    const idOf = async (id: string) =>
      (await app.inject({ method: 'GET', url: '/things', headers: { 'x-request-id': id } })).headers[
        'x-request-id'
      ];
    expect(await idOf('trace:1.2-a')).toBe('trace:1.2-a');
    expect(await idOf('a b')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idOf('x'.repeat(129))).toMatch(/^[0-9a-f-]{36}$/);
    expect((await errorOf({ method: 'GET', url: '/nowhere' })).headers['x-request-id']).toMatch(
      /^[0-9a-f-]{36}$/,
    );
  });
});
