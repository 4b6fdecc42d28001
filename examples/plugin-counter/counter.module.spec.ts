import { text } from 'node:stream/consumers';

import { Test, type TestingModule } from '@nestjs/testing';
import type { JobReference, JobSnapshot, SubmitRequest } from 'penstock/plugin-api';
import { createTestContext } from 'penstock/plugin-api/testing';
import { PluginHostModule, ProviderRegistry } from 'penstock/plugin-host';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CounterProvider } from './counter.provider.js';
import * as plugin from './index.js';
import { type CounterUpstream, startCounterUpstream } from './stub-upstream.js';

const KEY = 'counter-key';
const REQUEST: SubmitRequest = {
  kind: 'image',
  model: 'counter-1',
  prompt: 'a paper boat',
  parameters: { color: 'teal' },
  inputReference: null,
  attemptId: 'attempt-1',
};

let upstream: CounterUpstream;
let app: TestingModule;
let counter: CounterProvider;

beforeEach(async () => {
  upstream = await startCounterUpstream({ key: KEY });
  app = await Test.createTestingModule({ imports: [PluginHostModule, plugin.CounterModule] }).compile();
  await app.init();
  counter = app.get(CounterProvider, { strict: false });
});

afterEach(async () => {
  await app.close();
  await upstream.close();
});

const context = (secret = KEY) => createTestContext({ baseUrl: upstream.base, secret });

async function pollUntilEnd(job: JobReference): Promise<readonly JobSnapshot[]> {
  const snapshots: JobSnapshot[] = [];
  do snapshots.push(await counter.poll(job, context()));
  while (['queued', 'in_progress'].includes(snapshots.at(-1)?.status ?? ''));
  return snapshots;
}

async function submit(changes: Partial<SubmitRequest> = {}): Promise<JobReference> {
  const { jobId } = await counter.submit({ ...REQUEST, ...changes }, context());
  return { jobId, kind: REQUEST.kind, model: REQUEST.model };
}

describe('the counter plugin', () => {
  it('exports its module and nothing else', () => {
    expect(Object.keys(plugin)).toEqual(['CounterModule']);
  });

  it('is found by the host', () => {
    const entry = app.get(ProviderRegistry, { strict: false }).get('counter');
    expect([...entry.capabilities]).toEqual(['download']);
    expect(entry.module).toBe('CounterModule');
  });

  it('draws an image from submit to download', async () => {
    const job = await submit();
    const snapshots = await pollUntilEnd(job);
    expect(snapshots.map(({ status, progress }) => [status, progress])).toEqual([
      ['in_progress', 50],
      ['completed', 100],
    ]);
    const range = { asset: 'image', range: null, ifRange: null };
    const { contentType, body } = await counter.download(job, range, context());
    expect([contentType, await text(body)]).toEqual(['image/svg+xml', expect.stringContaining(job.jobId)]);
  });

  it('gives the same job for the same attempt', async () => {
    expect(await submit()).toEqual(await submit());
    expect(await submit({ attemptId: 'attempt-2' })).not.toEqual(await submit());
  });

  it('says why a job failed', async () => {
    const snapshots = await pollUntilEnd(await submit({ prompt: 'a smudge' }));
    expect(snapshots.at(-1)?.error).toEqual({ code: 'drawing_failed', message: 'The ink smudged.' });
  });

  it('knows a refused prompt from a bad key', async () => {
    await expect(submit({ prompt: 'something forbidden' })).rejects.toMatchObject({ code: 'content_policy' });
    await expect(counter.verify(context('wrong-key'))).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await counter.verify(context())).toEqual({ valid: true, detail: 'Account studio' });
  });
});
