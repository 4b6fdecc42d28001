import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startHarness, type Harness } from './harness.js';

let harness: Harness;

beforeEach(async () => {
  harness = await startHarness({
    credentials: [{ secret: 'key-a', quota: 3 }],
    faults: [{ id: 'first', operation: 'models', fault: { type: 'not-found' } }],
  });
});

afterEach(() => harness.close());

const control = () => harness.simulator.control;
const look = async (id: string): Promise<unknown> => (await harness.call(`/v1/videos/${id}`)).json();

describe('setCredentials', () => {
  it('replaces them; jobs in flight still count', async () => {
    await harness.create();
    control().setCredentials([{ secret: 'key-a', concurrency: 1, quota: 9 }]);
    const reply = await harness.call('/v1/videos', { json: { prompt: 'x' } });
    expect(reply.status).toBe(429);
    expect(control().report().secrets).toMatchObject([{ quotaLeft: 9, inFlight: 1 }]);
  });

  it('locks out keys that are left out', async () => {
    control().setCredentials([]);
    expect((await harness.call('/v1/videos')).status).toBe(401);
  });
});

describe('setBehaviour', () => {
  it('changes what it names, for jobs from now on', async () => {
    const before = await harness.create('before');
    const whole = control().setBehaviour({ duration: { medianMs: 99_000 } });
    expect(whole).toMatchObject({ duration: { medianMs: 99_000, sigma: 0 }, queue: { medianMs: 1_000 } });
    const after = await harness.create('after');
    await harness.clock.advance(10_000);
    expect(await look(before)).toMatchObject({ status: 'completed' });
    expect(await look(after)).toMatchObject({ status: 'in_progress' });
  });

  it('gives new jobs another progress', async () => {
    control().setBehaviour({ progress: { steps: 50 } });
    const id = await harness.create();
    await harness.clock.advance(5_000);
    expect(await look(id)).toMatchObject({ progress: 0 });
    await harness.clock.advance(500);
    expect(await look(id)).toMatchObject({ progress: 50 });
  });

  it.each([
    [{ timeScale: 0 }, 'timeScale'],
    [{ failureRate: 2 }, 'failureRate'],
    [{ failureCode: 'bored' }, 'failureCode'],
    [{ progress: 'sideways' }, 'progress'],
    [{ progress: { steps: 0 } }, 'progress'],
    [{ contentBytes: 0 }, 'contentBytes'],
    [{ duration: { sigma: 1 } }, 'duration.medianMs'],
    [{ speed: 1 }, 'speed'],
  ])('names the field that is wrong in %j', (change, field) => {
    expect(() => control().setBehaviour(change as object)).toThrow(
      expect.objectContaining({ code: 'invalid_input', field: expect.stringContaining(field) as string }),
    );
  });
});

describe('finishJob and failJob', () => {
  it('end a job at once', async () => {
    const done = await harness.create('done');
    const broken = await harness.create('broken');
    control().finishJob(done);
    control().failJob(broken, { code: 'content_policy_violation' });
    expect(await look(done)).toMatchObject({ status: 'completed', completed_at: 1_700_000_000 });
    expect(await look(broken)).toMatchObject({
      status: 'failed',
      error: { code: 'content_policy_violation' },
    });
    expect(control().report().secrets[0]?.inFlight).toBe(0);
  });

  it('refuse jobs that ended, and jobs that do not exist', async () => {
    const id = await harness.create();
    control().failJob(id);
    expect(() => {
      control().finishJob(id);
    }).toThrow(expect.objectContaining({ code: 'conflict' }));
    expect(() => {
      control().failJob('video_none');
    }).toThrow(expect.objectContaining({ code: 'not_found' }));
  });
});

describe('faults', () => {
  it('come and go by id', async () => {
    expect((await harness.call('/v1/models')).status).toBe(404);
    control().removeFault('first');
    expect((await harness.call('/v1/models')).status).toBe(200);
    expect(() => {
      control().removeFault('first');
    }).toThrow(expect.objectContaining({ code: 'not_found' }));
  });

  it('go all at once', async () => {
    control().addFault({ operation: 'list', fault: { type: 'not-found' } });
    control().removeFault();
    expect(control().report().faults).toEqual([]);
  });
});

describe('reset', () => {
  it('brings back the start: its credentials, behaviour and faults, and nothing else', async () => {
    const atStart = control().report();
    const first = await harness.create();
    control().setCredentials([]);
    control().setBehaviour({ timeScale: 5 });
    control().removeFault();
    control().reset();
    expect(control().report()).toEqual(atStart);
    expect((await harness.call(`/v1/videos/${first}`)).status).toBe(404);
    expect((await harness.call('/v1/models')).status).toBe(404);
    expect(await harness.create()).toBe(first);
  });
});
