import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { FaultRuleInput } from '../core/fault-rule.js';
import type { Operation } from '../core/operation.js';
import { startHarness, type Harness } from '../harness.js';

let harness: Harness;

beforeEach(async () => {
  harness = await startHarness();
});

afterEach(() => harness.close());

const control = () => harness.simulator.control;
const suffer = (operation: Operation | 'any', fault: FaultRuleInput['fault']): string =>
  control().addFault({ operation, times: 1, fault });

describe('faults of jobs', () => {
  const look = async (id: string): Promise<unknown> => (await harness.call(`/v1/videos/${id}`)).json();

  it('stall-progress at a submission stops the job half way, for good', async () => {
    suffer('create', { type: 'stall-progress' });
    const id = await harness.create();
    await harness.clock.advance(1_000_000);
    expect(await look(id)).toMatchObject({ status: 'in_progress', progress: 50 });
    control().finishJob(id);
    expect(await look(id)).toMatchObject({ status: 'completed', progress: 100 });
  });

  it('stall-progress at a poll stops the job where it is', async () => {
    const id = await harness.create();
    await harness.clock.advance(3_000);
    control().addFault({ operation: 'retrieve', jobId: id, times: 1, fault: { type: 'stall-progress' } });
    expect(await look(id)).toMatchObject({ progress: 22 });
    await harness.clock.advance(100_000);
    expect(await look(id)).toMatchObject({ status: 'in_progress', progress: 22 });
    expect(control().report().secrets[0]).toMatchObject({ inFlight: 1 });
  });

  it('backwards-progress misrepresents one answer', async () => {
    const id = await harness.create();
    await harness.clock.advance(5_500);
    suffer('retrieve', { type: 'backwards-progress', percent: 30 });
    expect(await look(id)).toMatchObject({ progress: 20 });
    expect(await look(id)).toMatchObject({ progress: 50 });
    suffer('retrieve', { type: 'backwards-progress', percent: 80 });
    expect(await look(id)).toMatchObject({ progress: 0 });
  });

  it('backwards-progress leaves a finished job alone', async () => {
    const id = await harness.create();
    await harness.clock.advance(10_000);
    suffer('retrieve', { type: 'backwards-progress' });
    expect(await look(id)).toMatchObject({ status: 'completed', progress: 100 });
  });

  it('fail-job at a submission fails the job when it is due', async () => {
    suffer('create', { type: 'fail-job', code: 'content_policy_violation' });
    const id = await harness.create();
    await harness.clock.advance(9_999);
    expect(await look(id)).toMatchObject({ status: 'in_progress', error: null });
    await harness.clock.advance(1);
    expect(await look(id)).toMatchObject({
      status: 'failed',
      error: { code: 'content_policy_violation', message: expect.stringContaining('policy') as string },
    });
  });

  it('fail-job at a poll fails it at once', async () => {
    const id = await harness.create();
    suffer('retrieve', { type: 'fail-job', code: 'odd', message: 'Odd.' });
    expect(await look(id)).toMatchObject({ status: 'failed', error: { code: 'odd', message: 'Odd.' } });
  });
});

describe('rules', () => {
  it('do not change the fate of jobs', async () => {
    const fates = async (faults: FaultRuleInput[]): Promise<unknown> => {
      const behaviour = { duration: { medianMs: 10_000, sigma: 1 }, queue: { medianMs: 5_000, sigma: 1 } };
      const other = await startHarness({ seed: 5, behaviour, faults });
      for (let index = 0; index < 10; index += 1) {
        await other.call('/v1/models');
        await other.create(`p${index}`);
      }
      await other.clock.advance(1e7);
      const { jobs: made } = other.simulator.control.report();
      await other.close();
      return made.map(({ finishedAt }) => finishedAt);
    };
    const noisy: FaultRuleInput = { operation: 'models', probability: 0.5, fault: { type: 'not-found' } };
    expect(await fates([noisy])).toEqual(await fates([]));
  });
});
