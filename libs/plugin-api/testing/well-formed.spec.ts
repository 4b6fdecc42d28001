import { type JobSnapshot, ProviderError } from 'penstock/plugin-api';
import { describe, expect, it } from 'vitest';

import { SECRETS } from './provider-contract.js';
import { createTestContext } from './test-context.js';
import { expectNoSecret, expectSnapshot, expectSubmitted, failureOf } from './well-formed.js';

const SOUND: JobSnapshot = { status: 'in_progress', progress: 5, assets: [], error: null, pollAfterMs: null };
const ASSET = { name: 'video', contentType: 'video/mp4', bytes: null };

describe('expectSnapshot', () => {
  it.each<Partial<JobSnapshot>>([
    {},
    { status: 'completed', progress: 100, assets: [ASSET] },
    { status: 'failed', error: { code: 'x', message: 'y' }, pollAfterMs: 0 },
  ])('accepts %j', (changes) => {
    expect(() => {
      expectSnapshot({ ...SOUND, ...changes });
    }).not.toThrow();
  });

  it.each<object>([
    { status: 'running' },
    { progress: 101 },
    { progress: -1 },
    { progress: Number.NaN },
    { pollAfterMs: -1 },
    { assets: [ASSET] },
    { status: 'completed', assets: [{ ...ASSET, name: '' }] },
    { status: 'completed', assets: [{ ...ASSET, contentType: 'video' }] },
    { error: { code: 'x', message: 'y' } },
    { status: 'failed', error: { code: 3, message: 'y' } },
  ])('refuses %j', (changes) => {
    expect(() => {
      expectSnapshot({ ...SOUND, ...changes });
    }).toThrow();
  });
});

describe('expectSubmitted', () => {
  it.each(['', 'x'.repeat(513)])('refuses a bad job id', (jobId) => {
    expect(() => {
      expectSubmitted({ jobId, snapshot: SOUND });
    }).toThrow();
    expect(() => {
      expectSubmitted({ jobId: 'x', snapshot: SOUND });
    }).not.toThrow();
  });
});

describe('failureOf', () => {
  it('gives the ProviderError and refuses any other end', async () => {
    const error = new ProviderError({ kind: 'ambiguous' }, 'lost');
    expect(await failureOf(Promise.reject(error))).toBe(error);
    await expect(failureOf(Promise.resolve(3))).rejects.toThrow('the call resolved with 3');
    await expect(failureOf(Promise.reject(new TypeError('boom')))).rejects.toThrow(
      'the call threw TypeError: boom',
    );
  });
});

describe('expectNoSecret', () => {
  const context = () => createTestContext({ baseUrl: 'http://upstream.test', secret: SECRETS.first });

  it('finds a secret in a log line, a message or a cause', () => {
    const logging = context();
    logging.logger.warn('refused', { headers: { authorization: `Bearer ${SECRETS.first}` } });
    const nested = new Error('outer', { cause: new Error(SECRETS.refresh) });
    expect(() => {
      expectNoSecret(logging);
    }).toThrow();
    expect(() => {
      expectNoSecret(context(), new Error(`key ${SECRETS.first}`));
    }).toThrow();
    expect(() => {
      expectNoSecret(context(), nested);
    }).toThrow();
    expect(() => {
      expectNoSecret(context(), undefined, { detail: 'fine' }, new Error('fine'));
    }).not.toThrow();
  });
});
