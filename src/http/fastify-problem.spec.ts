import { HttpException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';

import { fastifyProblem } from './fastify-problem.js';

const refusal = (code: unknown, statusCode: unknown) =>
  Object.assign(new Error('as Fastify says'), { code, statusCode });

describe('fastifyProblem', () => {
  it('has its own words for what is common', () => {
    expect(fastifyProblem(refusal('FST_ERR_CTP_BODY_TOO_LARGE', 413))).toEqual({
      status: 413,
      code: 'body_too_large',
      message: 'The body is larger than this route takes.',
    });
    expect(fastifyProblem(refusal('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415))).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
    });
  });

  it('keeps the words of Fastify and its plugins for the rest', () => {
    expect(fastifyProblem(refusal('FST_FILES_LIMIT', 413))).toEqual({
      status: 413,
      code: 'bad_request',
      message: 'as Fastify says',
    });
  });

  it('looks behind the exception of Nest', () => {
    const cause = refusal('FST_ERR_CTP_BODY_TOO_LARGE', 413);
    expect(fastifyProblem(new HttpException('wrapped', 413, { cause }))).toMatchObject({
      code: 'body_too_large',
    });
  });

  it.each([
    refusal('FST_ERR_REP_ALREADY_SENT', 500),
    refusal('ENOENT', 404),
    refusal(7, 400),
    refusal('FST_X', 'text'),
    new Error('x'),
    { code: 'FST_X', statusCode: 400 },
    undefined,
  ])('does not speak for %j', (error) => {
    expect(fastifyProblem(error)).toBeUndefined();
  });
});
