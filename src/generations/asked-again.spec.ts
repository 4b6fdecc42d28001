import { ManualClock } from 'penstock/kernel/testing';
import { ProviderError, type ProviderFailure } from 'penstock/plugin-api';
import { expect, it } from 'vitest';

import { askedAgain } from './asked-again.js';

const failing = (...failures: readonly (ProviderFailure | Error)[]) => {
  const left = [...failures];
  const asked = { times: 0 };
  const read = (): Promise<string> => {
    asked.times += 1;
    const next = left.shift();
    if (next === undefined) return Promise.resolve('read');
    return Promise.reject(next instanceof Error ? next : new ProviderError(next, `failed ${asked.times}`));
  };
  return { read, asked };
};
const TRANSIENT = { kind: 'transient', retryAfterMs: null } as const;

it('asks again where the upstream failed for a moment, after pauses that grow', async () => {
  const clock = new ManualClock();
  const { read, asked } = failing(TRANSIENT, { kind: 'ambiguous' });
  const answer = askedAgain(read, { clock, signal: new AbortController().signal });
  await clock.advance(249);
  expect(asked.times).toBe(1);
  await clock.advance(1);
  expect(asked.times).toBe(2);
  await clock.advance(1_000);
  expect(await answer).toBe('read');
});

it('tells the third failure', async () => {
  const clock = new ManualClock();
  const { read } = failing(TRANSIENT, TRANSIENT, TRANSIENT);
  const answer = askedAgain(read, { clock, signal: new AbortController().signal }).catch(String);
  await clock.advance(1_250);
  expect(await answer).toContain('failed 3');
});

const TAKEN: readonly (ProviderFailure | Error)[] = [
  { kind: 'transient', retryAfterMs: 20 },
  { kind: 'rate_limited', retryAfterMs: null },
  { kind: 'unauthorized' },
  { kind: 'edge_challenge', retryAfterMs: null },
  new Error('a bug'),
];
it.each(TAKEN)('takes %j as it is', async (failure) => {
  const { read, asked } = failing(failure);
  const signal = new AbortController().signal;
  await expect(askedAgain(read, { clock: new ManualClock(), signal })).rejects.toThrow();
  expect(asked.times).toBe(1);
});

it('does not try again what took long, or what nobody waits for any more', async () => {
  const clock = new ManualClock();
  const slow = failing(TRANSIENT);
  const gone = failing(TRANSIENT);
  const late = askedAgain(() => clock.sleep(2_900).then(slow.read), {
    clock,
    signal: new AbortController().signal,
  }).catch(String);
  await clock.advance(2_900);
  expect(await late).toContain('failed 1');
  await expect(askedAgain(gone.read, { clock, signal: AbortSignal.abort() })).rejects.toThrow('failed 1');
  expect([slow.asked.times, gone.asked.times]).toEqual([1, 1]);
});
