import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startHarness, type Harness } from '../../harness.js';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(() => harness.close());

const ask = (prompt: string) =>
  harness.call('/openai-images/images/generations', { json: { model: 'gpt-image-2', prompt } });
const imageIn = (answer: Awaited<ReturnType<typeof ask>>): Buffer => {
  const { data } = answer.json() as { readonly data: readonly { readonly b64_json: string }[] };
  return Buffer.from(data[0]?.b64_json ?? '', 'base64');
};

describe('the dialect of the OpenAI Images API', () => {
  it('gives another image with each answer, whose jobs have ended', async () => {
    const [one, other] = [imageIn(await ask('one')), imageIn(await ask('one'))];
    expect([one.subarray(1, 4).toString(), one.equals(other)]).toEqual(['PNG', false]);
    const { jobs, submissions } = harness.simulator.control.report();
    expect(submissions).toEqual([{ prompt: 'one', calls: 2, jobs: 2 }]);
    expect(jobs.map(({ status }) => status)).toEqual(['completed', 'completed']);
  });

  it('gives as many bytes as it is told to', async () => {
    harness.simulator.control.setBehaviour({ contentBytes: 3_000_000 });
    expect(imageIn(await ask('large'))).toHaveLength(3_000_000);
  });

  it('refuses what the policy forbids, and fails in its own words', async () => {
    const { control } = harness.simulator;
    control.setBehaviour({ failureRate: 1, failureCode: 'content_policy_violation' });
    const forbidden = await ask('forbidden');
    expect([forbidden.status, forbidden.text]).toEqual([400, expect.stringContaining('moderation_blocked')]);
    control.setBehaviour({ failureCode: 'generation_failed' });
    expect((await ask('broken')).status).toBe(500);
    expect(control.report().jobs.map(({ status }) => status)).toEqual(['failed', 'failed']);
  });
});
