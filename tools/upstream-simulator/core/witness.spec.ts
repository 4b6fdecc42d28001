import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startHarness, type Harness } from '../harness.js';

let harness: Harness;

beforeEach(async () => {
  harness = await startHarness();
});

afterEach(() => harness.close());

const control = () => harness.simulator.control;
const look = (id: string) => harness.call(`/v1/videos/${id}`);

describe('the witness', () => {
  it('has seen nothing at first', () => {
    expect(control().report()).toEqual({
      at: 1_700_000_000_000,
      jobs: [],
      callbacks: { taken: 0, refused: 0, failed: 0, lost: 0 },
      submissions: [],
      calls: {
        total: 0,
        byOperation: {
          create: 0,
          retrieve: 0,
          list: 0,
          content: 0,
          cancel: 0,
          delete: 0,
          remix: 0,
          models: 0,
        },
        byStatus: {},
      },
      secrets: ['key-a', 'key-b'].map((secret) => ({
        secret,
        account: secret,
        quotaLeft: -1,
        inFlight: 0,
        maxInFlight: 0,
        violations: { concurrency: 0, hammering: 0 },
      })),
      violations: { concurrency: 0, hammering: 0 },
      faults: [],
    });
  });

  it('knows when a job truly ended, how often it was polled, and when its end was first seen', async () => {
    const id = await harness.create();
    await look(id);
    await harness.clock.advance(10_000);
    await harness.clock.advance(1_500);
    await look(id);
    await harness.clock.advance(5_000);
    await look(id);
    expect(control().report().jobs[0]).toMatchObject({
      id,
      secret: 'key-a',
      prompt: 'a cat',
      model: 'sora-2',
      size: '720x1280',
      seconds: '4',
      remixedFrom: null,
      createdAt: 1_700_000_000_000,
      finishedAt: 1_700_000_010_000,
      status: 'completed',
      polls: 3,
      endSeenAt: 1_700_000_011_500,
    });
  });

  it('takes a list for a look at the end, but not for a poll', async () => {
    await harness.create();
    await harness.call('/v1/videos');
    expect(control().report().jobs[0]).toMatchObject({ polls: 0, endSeenAt: null });
    await harness.clock.advance(12_000);
    await harness.call('/v1/videos');
    expect(control().report().jobs[0]).toMatchObject({ polls: 0, endSeenAt: 1_700_000_012_000 });
  });

  it.each(['reset-after', 'truncated-json', 'malformed-json'] as const)(
    'does not believe that the end was seen through %s',
    async (type) => {
      const id = await harness.create();
      await harness.clock.advance(10_000);
      control().addFault({ operation: 'retrieve', times: 1, fault: { type } });
      await look(id).catch(() => undefined);
      expect(control().report().jobs[0]).toMatchObject({ polls: 1, endSeenAt: null });
      await look(id);
      expect(control().report().jobs[0]).toMatchObject({ polls: 2, endSeenAt: 1_700_000_010_000 });
    },
  );

  it('does not count polls of jobs that are not the caller’s', async () => {
    const id = await harness.create();
    await harness.call(`/v1/videos/${id}`, { secret: 'key-b' });
    expect(control().report().jobs[0]).toMatchObject({ polls: 0 });
  });

  it('counts submissions and jobs by prompt, remixes included', async () => {
    const id = await harness.create('one');
    await harness.clock.advance(10_000);
    await harness.call(`/v1/videos/${id}/remix`, { json: { prompt: 'two' } });
    await harness.call('/v1/videos', { json: { prompt: 'two' }, secret: 'nobody' });
    await harness.call('/v1/videos', { json: { prompt: 'three', seconds: '99' } });
    expect(control().report().submissions).toEqual([
      { prompt: 'one', calls: 1, jobs: 1 },
      { prompt: 'two', calls: 2, jobs: 1 },
      { prompt: 'three', calls: 1, jobs: 0 },
    ]);
  });

  it('counts calls by operation and answers by status', async () => {
    const id = await harness.create();
    await look(id);
    await look('video_none');
    await harness.call('/v1/models');
    await harness.call('/v1/videos', { secret: 'nobody' });
    await harness.call(`/v1/videos/${id}/cancel`, { method: 'POST' });
    await harness.call(`/v1/videos/${id}/content`);
    await harness.call(`/v1/videos/${id}`, { method: 'DELETE' });
    const { calls } = control().report();
    expect(calls.total).toBe(8);
    expect(calls.byOperation).toMatchObject({
      create: 1,
      retrieve: 2,
      list: 1,
      content: 1,
      cancel: 1,
      delete: 1,
    });
    expect(calls.byStatus).toEqual({ 200: 5, 400: 1, 401: 1, 404: 1 });
  });

  it('writes every call down', async () => {
    const id = await harness.create();
    await harness.clock.advance(5);
    await look(id);
    const record = { secret: 'key-a', jobId: id, status: 200, fault: null, violations: [] };
    expect(control().calls()).toEqual([
      { ...record, at: 1_700_000_000_000, answeredAt: 1_700_000_000_000, operation: 'create' },
      { ...record, at: 1_700_000_000_005, answeredAt: 1_700_000_000_005, operation: 'retrieve' },
    ]);
    expect(control().calls({ operation: 'create' })).toHaveLength(1);
    expect(control().calls({ jobId: id, limit: 1 })).toMatchObject([{ operation: 'retrieve' }]);
  });

  it('keeps exact counters when the list of calls is full', async () => {
    const small = await startHarness({ callsKept: 3 });
    for (let index = 0; index < 10; index += 1) await small.call('/v1/models');
    expect(small.simulator.control.calls()).toHaveLength(3);
    expect(small.simulator.control.report().calls.total).toBe(10);
    await small.close();
  });

  it('tells jobs of secrets that are not known any more', async () => {
    await harness.create();
    control().setCredentials([{ secret: 'new' }]);
    expect(control().report().secrets).toMatchObject([
      { secret: 'new', account: 'new', inFlight: 0 },
      { secret: 'key-a', account: null, quotaLeft: null, inFlight: 1 },
    ]);
  });
});

describe('hammering', () => {
  const fault = { type: 'rate-limited', retryAfterSeconds: 10 } as const;

  it('is a call made while told to wait', async () => {
    control().addFault({ operation: 'any', times: 1, fault });
    await harness.call('/v1/models');
    await harness.clock.advance(5_000);
    await harness.call('/v1/models');
    await harness.call('/v1/models', { secret: 'key-b' });
    await harness.clock.advance(5_000);
    await harness.call('/v1/models');
    const { secrets, violations } = control().report();
    expect(violations.hammering).toBe(1);
    expect(secrets.map((one) => one.violations.hammering)).toEqual([1, 0]);
  });

  it('is not another operation, when only one was told to wait', async () => {
    control().addFault({ operation: 'create', times: 1, fault });
    await harness.call('/v1/videos', { json: { prompt: 'x' } });
    await harness.clock.advance(5_000);
    await harness.call('/v1/models');
    expect(control().report().violations.hammering).toBe(0);
    await harness.create();
    expect(control().report().violations.hammering).toBe(1);
  });

  it('does not follow from an answer that nobody got', async () => {
    const limited = await startHarness({
      credentials: [{ secret: 'key-a', requestsPerMinute: 1 }],
      faults: [{ operation: 'models', skip: 1, times: 1, fault: { type: 'reset-after' } }],
    });
    await limited.call('/v1/models');
    await expect(limited.call('/v1/models')).rejects.toThrow();
    await limited.clock.advance(1_000);
    await limited.call('/v1/models');
    expect(limited.simulator.control.report().violations.hammering).toBe(0);
    await limited.close();
  });
});
