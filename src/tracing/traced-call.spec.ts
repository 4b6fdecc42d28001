import { CodedError } from 'penstock/kernel';
import { ManualClock } from 'penstock/kernel/testing';
import { ProviderError } from 'penstock/plugin-api';
import { expect, it } from 'vitest';

import { BoundedCalls } from '../providers/index.js';
import { KeptSpans } from './testing/kept-spans.js';
import { tracedCall } from './traced-call.js';

const parentOf = (digit: string) => ({ traceId: digit.repeat(32), spanId: digit.repeat(16), sampled: true });
const PARENTS = [parentOf('1'), parentOf('2')];

it('records a call below each span that it is for, and hands on its result', async () => {
  const clock = new ManualClock();
  const spans = new KeptSpans();
  const call = { name: 'upstream pollMany', parents: PARENTS, ids: { token: 'tok_1' } };
  const begun = clock.now();
  const result = await tracedCall(spans, clock, call, async () => {
    await clock.advance(250);
    return 'listed';
  });
  expect(result).toBe('listed');
  expect(spans.times()).toEqual(PARENTS.map(() => ['upstream pollMany', begun, begun + 250]));
  expect(spans.spans.map(({ parent }) => parent)).toEqual(PARENTS);
  expect(spans.spans[0]).toMatchObject({ error: null, attributes: { 'penstock.token': 'tok_1' } });
});

it.each([
  [new ProviderError({ kind: 'rate_limited', retryAfterMs: 1 }, 'hush'), 'rate_limited'],
  [new CodedError('token_gone', 'internal', 'hush'), 'token_gone'],
  [new TypeError('hush'), 'TypeError'],
  ['hush', 'unknown'],
])('records %s by its code alone, and throws it', async (error, code) => {
  const spans = new KeptSpans();
  const call = { name: 'upstream poll', parents: PARENTS.slice(1), ids: {} };
  const failing = tracedCall(spans, new ManualClock(), call, () => Promise.reject(error as Error));
  await expect(failing).rejects.toBe(error);
  expect(spans.spans.map((span) => span.error)).toEqual([code]);
  expect(JSON.stringify(spans.spans)).not.toContain('hush');
});

it('is done for calls that belong to a trace only', async () => {
  const spans = new KeptSpans();
  const calls = new BoundedCalls(new ManualClock(), undefined, spans);
  await calls.run({ operation: 'verify' }, () => Promise.resolve());
  expect(spans.spans).toEqual([]);
  await calls.run({ operation: 'submit', spans: PARENTS }, () => Promise.resolve());
  expect(spans.spans.map(({ name }) => name)).toEqual(['upstream submit', 'upstream submit']);
});
