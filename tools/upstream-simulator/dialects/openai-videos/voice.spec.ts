import { describe, expect, it } from 'vitest';

import { Refusal, retryAfterSeconds, type RefusalKind } from '../../core/refusal.js';
import type { Answer } from '../../http/answer.js';
import { openaiVoice } from './voice.js';

const parsed = ({ body }: Answer): unknown => JSON.parse(typeof body === 'string' ? body : '');
const said = (refusal: Refusal): unknown => parsed(openaiVoice.refusal(refusal));

describe('openaiVoice', () => {
  it.each<[RefusalKind, number, string, string | null]>([
    ['unauthorized', 401, 'invalid_request_error', 'invalid_api_key'],
    ['rate-limited', 429, 'requests', 'rate_limit_exceeded'],
    ['quota-exhausted', 429, 'insufficient_quota', 'insufficient_quota'],
    ['not-found', 404, 'invalid_request_error', 'not_found'],
    ['invalid-request', 400, 'invalid_request_error', null],
    ['conflict', 409, 'invalid_request_error', null],
  ])('words %s', (kind, status, type, code) => {
    const refusal = new Refusal(kind, 'Why.');
    expect(openaiVoice.refusal(refusal).status).toBe(status);
    expect(said(refusal)).toEqual({ error: { message: 'Why.', type, param: null, code } });
  });

  it('prefers the exact code, and names the parameter', () => {
    const refusal = new Refusal('invalid-request', 'Why.', { param: 'size', code: 'invalid_value' });
    expect(said(refusal)).toMatchObject({ error: { param: 'size', code: 'invalid_value' } });
  });

  it('sends Retry-After only where there is something to wait for', () => {
    const retryAfter = retryAfterSeconds(9, 1_000, 'any');
    const answer = openaiVoice.refusal(new Refusal('rate-limited', 'Why.', { retryAfter }));
    expect(answer.headers['retry-after']).toBe('9');
    expect(answer.retryAfter).toEqual({ header: '9', until: 10_000, scope: 'any' });
    expect(openaiVoice.refusal(new Refusal('rate-limited', 'Why.')).headers).not.toHaveProperty(
      'retry-after',
    );
  });

  it('owns up to server errors', () => {
    const answer = openaiVoice.serverError(503);
    expect(answer.status).toBe(503);
    expect(parsed(answer)).toMatchObject({ error: { type: 'server_error', code: null } });
  });
});
