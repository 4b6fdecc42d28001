import { describe, expect, it } from 'vitest';

import { classifyOpenAiFailure } from './openai-failure.js';
import type { UpstreamAnswer } from './provider-http.js';

const answer = (status: number, error: Record<string, string | null>, headers = {}): UpstreamAnswer => ({
  status,
  headers,
  body: { error: { message: 'm', ...error } },
});

describe('classifyOpenAiFailure', () => {
  it.each([
    [400, { code: 'content_policy_violation' }],
    [400, { code: 'moderation_blocked', type: 'image_generation_user_error' }],
    [403, { code: null, type: 'policy_violation' }],
  ])('%d %j is against the content policy', (status, error) => {
    expect(classifyOpenAiFailure(answer(status, error))).toEqual({ kind: 'content_policy' });
  });

  it.each([
    [429, { code: 'insufficient_quota' }],
    [429, { code: null, type: 'insufficient_quota' }],
    [400, { code: 'billing_hard_limit_reached' }],
  ])('%d %j means that the quota is used up', (status, error) => {
    expect(classifyOpenAiFailure(answer(status, error))).toEqual({ kind: 'quota_exhausted', resetsAt: null });
  });

  it.each([400, 404, 422])('%d is an invalid request and names the parameter', (status) => {
    expect(classifyOpenAiFailure(answer(status, { param: 'size' }))).toEqual({
      kind: 'invalid_request',
      param: 'size',
    });
    expect(classifyOpenAiFailure(answer(status, {}))).toEqual({ kind: 'invalid_request', param: null });
  });

  it.each([401, 403, 429, 500, 503])('leaves %d to the common reading', (status) => {
    expect(classifyOpenAiFailure(answer(status, { code: 'rate_limit_exceeded' }))).toBeUndefined();
  });

  it('leaves a challenge of the edge to the common reading', () => {
    expect(classifyOpenAiFailure(answer(400, {}, { 'cf-mitigated': 'challenge' }))).toBeUndefined();
  });

  it.each([null, '<html>', [], {}, { error: 'text' }])('leaves the body %j to the common reading', (body) => {
    expect(classifyOpenAiFailure({ status: 400, headers: {}, body })).toBeUndefined();
  });
});
