import {
  BadRequestException,
  HttpException,
  InternalServerErrorException,
  NotFoundException,
} from '@nestjs/common';
import { CodedError, type ErrorCategory } from 'penstock/kernel';
import { describe, expect, it } from 'vitest';

import { errorAnswer } from './error-answer.js';
import { errorBodySchema } from './error-body.js';

const coded = (category: ErrorCategory, retryAfterMs?: number) =>
  new CodedError('some_code', category, 'What to do.', {
    field: 'a.b',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

describe('errorAnswer', () => {
  it.each<[ErrorCategory, number, string]>([
    ['invalid_input', 400, 'invalid_request_error'],
    ['unauthenticated', 401, 'authentication_error'],
    ['forbidden', 403, 'permission_error'],
    ['not_found', 404, 'invalid_request_error'],
    ['conflict', 409, 'invalid_request_error'],
    ['gone', 410, 'invalid_request_error'],
    ['too_large', 413, 'invalid_request_error'],
    ['rate_limited', 429, 'rate_limit_error'],
    ['upstream', 502, 'server_error'],
    ['unavailable', 503, 'server_error'],
    ['timeout', 504, 'server_error'],
  ])('answers %s with %i and %s', (category, status, type) => {
    const answer = errorAnswer(coded(category), 'req_1');
    expect(answer).toMatchObject({
      status,
      unexpected: false,
      body: { error: { message: 'What to do.', type, param: 'a.b', code: 'some_code' } },
    });
  });

  it('tells of a bug of ours only the request id and the code', () => {
    const answer = errorAnswer(new CodedError('broken', 'internal', 'row 7 of /srv/x'), 'req_1');
    expect(answer).toMatchObject({ status: 500, unexpected: true, body: { error: { code: 'broken' } } });
    expect(answer.body.error.message).toBe(
      'Something went wrong on our side. The log has it under the request id req_1.',
    );
  });

  it.each([
    new TypeError('/srv/app.ts: x of undefined'),
    new InternalServerErrorException('/srv/app.ts'),
    Object.assign(new Error('/srv/app.ts'), { code: 'FST_ERR_X', statusCode: 500 }),
    '/srv/app.ts',
    null,
    undefined,
    { statusCode: 404, message: '/srv/app.ts' },
  ])('shows nothing of an unexpected %s', (error) => {
    const answer = errorAnswer(error, 'req_1');
    expect(answer).toMatchObject({
      status: 500,
      unexpected: true,
      body: { error: { code: 'internal_error' } },
    });
    expect(JSON.stringify(answer)).not.toContain('/srv');
  });

  it.each<[HttpException, number, string, string]>([
    [new NotFoundException('Cannot GET /x'), 404, 'not_found', 'Cannot GET /x'],
    [new BadRequestException('No.'), 400, 'bad_request', 'No.'],
    [new HttpException('Teapot.', 418), 418, 'bad_request', 'Teapot.'],
  ])('keeps status and message of %s', (error, status, code, message) => {
    expect(errorAnswer(error, 'req_1')).toMatchObject({
      status,
      body: { error: { code, message, param: null } },
    });
  });

  it('says when to try again, rounding up to whole seconds', () => {
    expect(errorAnswer(coded('rate_limited', 1500), 'r').headers).toEqual({
      'retry-after': '2',
      'retry-after-ms': '1500',
    });
    expect(errorAnswer(coded('unavailable', 0), 'r').headers).toEqual({
      'retry-after': '0',
      'retry-after-ms': '0',
    });
  });

  it.each<ErrorCategory>(['conflict', 'rate_limited', 'unavailable', 'upstream'])(
    'tells clients not to try again at once what %s without a time would refuse again',
    (category) => {
      expect(errorAnswer(coded(category), 'r').headers).toEqual({ 'x-should-retry': 'false' });
    },
  );

  it.each<ErrorCategory>(['invalid_input', 'not_found', 'timeout', 'internal'])(
    'says nothing of it for %s',
    (category) => {
      expect(errorAnswer(coded(category), 'r').headers).toEqual({});
    },
  );

  it('always has the one shape', () => {
    for (const error of [coded('conflict'), new Error('x'), new NotFoundException(), 7]) {
      expect(errorBodySchema.safeParse(errorAnswer(error, 'r').body).success).toBe(true);
    }
  });
});
