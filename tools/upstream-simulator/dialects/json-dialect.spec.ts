import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startHarness, type Harness } from '../harness.js';

interface Prediction {
  readonly id: string;
  readonly status: string;
  readonly output: string | null;
}

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(() => harness.close());

const CREATE = '/replicate/models/acme/boats/predictions';
const create = async (prompt = 'a cat'): Promise<string> =>
  ((await harness.call(CREATE, { json: { input: { prompt } } })).json() as Prediction).id;
const read = async (id: string): Promise<Prediction> =>
  (await harness.call(`/replicate/predictions/${id}`)).json() as Prediction;

describe('a dialect of JSON', () => {
  it('has the jobs, durations and the witness of the others', async () => {
    const id = await create();
    expect((await read(id)).status).toBe('starting');
    await harness.clock.advance(5_000);
    expect((await read(id)).status).toBe('processing');
    await harness.clock.advance(5_000);
    expect((await read(id)).status).toBe('succeeded');
    const { submissions, jobs } = harness.simulator.control.report();
    expect(submissions).toEqual([{ prompt: 'a cat', calls: 1, jobs: 1 }]);
    expect(jobs).toMatchObject([{ id, polls: 3 }]);
  });

  it('hands over a file to whoever has its URL, and parts of it', async () => {
    const id = await create();
    await harness.clock.advance(10_000);
    const { output } = await read(id);
    const path = (output ?? '').replace(harness.simulator.url, '');
    const headers = { range: 'bytes=0-3' };
    const part = await harness.call(path, { secret: null, headers });
    expect([part.status, part.bytes.length]).toEqual([206, 4]);
    expect((await harness.call('/replicate/files/none.mp4', { secret: null })).status).toBe(401);
  });

  it('refuses strangers, bodies that are no objects, and requests without a prompt, in its own words', async () => {
    const statuses = await Promise.all([
      harness.call(CREATE, { json: { input: { prompt: 'x' } }, secret: 'stranger' }),
      harness.call(CREATE, { body: '{"input":' }),
      harness.call(CREATE, { body: '[]' }),
      harness.call(CREATE, { json: { input: {} } }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([401, 422, 422, 422]);
    expect(statuses[3].json()).toEqual({
      title: 'Input validation failed',
      status: 422,
      detail: 'input.prompt is required.',
    });
    expect(harness.simulator.control.report().jobs).toEqual([]);
  });

  it('suffers faults like the others', async () => {
    const { control } = harness.simulator;
    const fault = { type: 'rate-limited', retryAfterSeconds: 3 } as const;
    control.addFault({ operation: 'create', times: 1, fault });
    const limited = await harness.call(CREATE, { json: { input: { prompt: 'x' } } });
    expect([limited.status, limited.headers['retry-after']]).toEqual([429, '3']);
    control.addFault({ operation: 'create', times: 1, fault: { type: 'server-error', status: 500 } });
    expect((await harness.call(CREATE, { json: {} })).status).toBe(500);
    const id = await create();
    control.addFault({ operation: 'retrieve', times: 1, fault: { type: 'fail-job', code: 'oops' } });
    expect((await read(id)).status).toBe('failed');
  });

  it('shares its jobs with no other account', async () => {
    const id = await create();
    const stranger = await harness.call(`/replicate/predictions/${id}`, { secret: 'key-b' });
    expect(stranger.status).toBe(404);
  });
});
