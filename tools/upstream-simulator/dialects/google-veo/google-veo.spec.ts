import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startHarness, type Harness } from '../../harness.js';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(() => harness.close());

const CREATE = '/google-veo/models/veo-3.1-generate-preview:predictLongRunning';
const key = (secret = 'key-a') => ({ secret: null, headers: { 'x-goog-api-key': secret } });
const create = async (prompt = 'a cat') =>
  harness.call(CREATE, { ...key(), json: { instances: [{ prompt }] } });
const nameOf = async (prompt?: string) => ((await create(prompt)).json() as { readonly name: string }).name;
const end = async (name: string) => {
  await harness.clock.advance(10_000);
  return (await harness.call(`/google-veo/${name}`, key())).json();
};

describe('the dialect of Veo', () => {
  it('hands over a file to its key only, and parts of it', async () => {
    const name = await nameOf();
    const id = name.split('/').at(-1) ?? '';
    const uri = `/google-veo/files/${id}:download?alt=media`;
    expect(await end(name)).toEqual({
      name,
      done: true,
      response: {
        generateVideoResponse: { generatedSamples: [{ video: { uri: harness.simulator.url + uri } }] },
      },
    });
    const statuses: number[] = [];
    for (const headers of [{}, { 'x-goog-api-key': 'stranger' }, { ...key().headers, range: 'bytes=0-3' }]) {
      statuses.push((await harness.call(uri, { secret: null, headers })).status);
    }
    expect(statuses).toEqual([401, 401, 206]);
  });

  it('filters what the policy forbids, and fails in its own words', async () => {
    const { control } = harness.simulator;
    const [filtered, failed] = [await nameOf('one'), await nameOf('two')];
    control.failJob(filtered.split('/').at(-1) ?? '', { code: 'content_policy_violation' });
    control.failJob(failed.split('/').at(-1) ?? '', { code: 'generation_failed' });
    expect(await end(filtered)).toMatchObject({
      response: { generateVideoResponse: { raiMediaFilteredCount: 1 } },
    });
    expect(await end(failed)).toMatchObject({ done: true, error: { code: 13 } });
  });

  it('tells a quota by what ran out', async () => {
    harness.simulator.control.setCredentials([{ secret: 'key-a', quota: 0 }]);
    const refused = await create();
    expect(refused.status).toBe(429);
    expect(refused.json()).toMatchObject({
      error: {
        status: 'RESOURCE_EXHAUSTED',
        details: [{ violations: [{ quotaId: expect.stringContaining('PerDay') as unknown }] }],
      },
    });
  });
});
