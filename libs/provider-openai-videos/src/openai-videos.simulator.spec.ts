import { buffer } from 'node:stream/consumers';

import { ManualClock } from 'penstock/kernel/testing';
import type { JobReference, LostAttempt, SubmitRequest } from 'penstock/plugin-api';
import { createTestContext } from 'penstock/plugin-api/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { startSimulator, type Simulator } from '../../../tools/upstream-simulator/index.js';
import { OpenAiVideosProvider } from './openai-videos.provider.js';

const provider = new OpenAiVideosProvider();
const request: SubmitRequest = {
  kind: 'video',
  model: 'sora-2',
  prompt: 'a cat',
  parameters: { seconds: '8' },
  inputReference: null,
  attemptId: 'attempt-1',
};

let clock: ManualClock;
let simulator: Simulator;

beforeEach(async () => {
  clock = new ManualClock();
  simulator = await startSimulator({
    clock,
    credentials: [{ secret: 'key-a' }],
    behaviour: { queue: { medianMs: 1_000 }, duration: { medianMs: 9_000 } },
  });
});

afterEach(() => simulator.close());

const context = (secret = 'key-a') => createTestContext({ baseUrl: simulator.baseUrl, secret });

const submit = async (changes: Partial<SubmitRequest> = {}): Promise<JobReference> => {
  const { jobId } = await provider.submit({ ...request, ...changes }, context());
  return { jobId, kind: 'video', model: 'sora-2' };
};

it('follows a job from its submission to its files', async () => {
  const job = await submit();
  expect((await provider.poll(job, context())).status).toBe('queued');
  await clock.advance(5_000);
  const underWay = await provider.poll(job, context());
  expect(underWay.status).toBe('in_progress');
  expect(underWay.progress).toBeGreaterThan(0);
  await clock.advance(20_000);
  const done = await provider.poll(job, context());

  expect(done).toMatchObject({ status: 'completed', progress: 100 });
  expect((await provider.pollMany([job], context())).get(job.jobId)).toEqual(done);
  for (const { name, contentType } of done.assets) {
    const file = await provider.download(job, { asset: name, range: null, ifRange: null }, context());
    expect([file.status, file.contentType]).toEqual([200, contentType]);
    expect((await buffer(file.body)).length).toBe(file.contentLength);
  }
});

it('fetches a part of a file', async () => {
  const job = await submit();
  await clock.advance(30_000);
  const part = await provider.download(job, { asset: 'video', range: 'bytes=0-9', ifRange: null }, context());

  expect(part.status).toBe(206);
  expect(part.contentRange).toMatch(/^bytes 0-9\/\d+$/);
  expect(await buffer(part.body)).toHaveLength(10);
});

it('sends a file along', async () => {
  const job = await submit({
    inputReference: {
      type: 'file',
      filename: 'cat.png',
      contentType: 'image/png',
      bytes: 6,
      open: () => Promise.resolve(new Blob(['pixels'])),
    },
  });

  expect((await provider.poll(job, context())).status).toBe('queued');
});

it('remixes a finished job', async () => {
  const source = await submit();
  await clock.advance(30_000);
  const remix = await provider.remix(source, { ...request, prompt: 'a dog' }, context());

  expect(remix.jobId).not.toBe(source.jobId);
  expect(remix.snapshot.status).toBe('queued');
});

it('cancels a job, and is content when it had ended', async () => {
  const job = await submit();
  await provider.cancel(job, context());
  await provider.cancel(job, context());

  expect(['failed', 'cancelled']).toContain((await provider.poll(job, context())).status);
});

it('tells good credentials from bad ones', async () => {
  expect((await provider.verify(context())).valid).toBe(true);
  expect((await provider.verify(context('stranger'))).valid).toBe(false);
});

it('finds what a lost attempt created, once the answer was lost', async () => {
  const startedAt = clock.now();
  simulator.control.addFault({ operation: 'create', fault: { type: 'reset-after' } });
  await expect(submit({ prompt: 'lost' })).rejects.toMatchObject({ code: 'ambiguous' });
  const attempt: LostAttempt = {
    ...request,
    prompt: 'lost',
    startedAt,
    remixOf: null,
    isClaimed: () => Promise.resolve(false),
  };
  const found = await provider.reconcile(attempt, context());

  expect(found.outcome).toBe('found');
  expect(simulator.control.report().jobs).toHaveLength(1);
  expect(await provider.reconcile({ ...attempt, prompt: 'never sent' }, context())).toEqual({
    outcome: 'unknown',
  });
});

it('says that a job is not there', async () => {
  const snapshot = await provider.poll({ jobId: 'video_none', kind: 'video', model: 'sora-2' }, context());

  expect(snapshot.status).toBe('not_found');
});
