import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { openStage, type Stage } from '../support/stage.js';

const MODEL = 'gpt-image-2';
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

let on: Stage;
let client: OpenAI;
beforeAll(async () => {
  on = await openStage({ credentials: [{ secret: 'sk-one' }] });
  await on.api.addToken('sk-one', `${on.simulator.url}/openai-images`, { provider: 'openai-images' });
  const apiKey = await on.api.addKey('sdk', ['generate', 'read']);
  client = new OpenAI({ baseURL: `${on.api.url}/v1`, apiKey, maxRetries: 0 });
});
afterAll(() => on.close());
beforeEach(() => {
  on.simulator.control.removeFault();
  on.simulator.control.setBehaviour({ contentBytes: null });
});

const jobsOf = (prompt: string) =>
  on.simulator.control.report().submissions.find((submission) => submission.prompt === prompt);
const generate = (prompt: string, input: Record<string, unknown> = {}) =>
  on.api.generate(prompt, { model: MODEL, kind: 'image', input: { prompt, ...input } });
const fetched = async (url: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${on.api.key}`, ...headers } });
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    bytes: Buffer.from(await answer.arrayBuffer()),
  };
};
const fileOf = (id: string, headers: Record<string, string> = {}) =>
  fetched(`${on.api.url}/v1/generations/${id}/assets/0`, headers);

describe('images that come with the answer, by the native API', () => {
  it('are completed without a poll, and handed over whole and in part', async () => {
    const { id } = await generate('native', { size: '1536x1024', quality: 'low' });
    expect(await on.api.end(id)).toMatchObject({ status: 'completed', error: null, polls: 0 });
    expect(jobsOf('native')).toEqual({ prompt: 'native', calls: 1, jobs: 1 });
    const whole = await fileOf(id);
    expect([whole.status, whole.type, whole.bytes.subarray(0, 4)]).toEqual([200, 'image/png', PNG]);
    const part = await fileOf(id, { range: 'bytes=1-3' });
    expect([part.status, part.bytes.toString()]).toEqual([206, 'PNG']);
  });

  it('may have many megabytes', async () => {
    on.simulator.control.setBehaviour({ contentBytes: 20_000_000 });
    const { id } = await generate('large');
    expect(await on.api.end(id)).toMatchObject({ status: 'completed' });
    expect((await fileOf(id)).bytes).toHaveLength(20_000_000);
  });

  it('are waited for longer than other answers', async () => {
    const path = '/admin/settings/generation';
    const { headers } = await on.api.request('GET', path);
    const ifMatch = { 'if-match': headers.get('etag') ?? '' };
    expect((await on.api.request('PATCH', path, { submitTimeoutMs: 500 }, ifMatch)).status).toBe(200);
    on.simulator.control.addFault({ operation: 'create', times: 1, fault: { type: 'slow', delayMs: 1_500 } });
    const { id } = await generate('slow');
    expect(await on.api.end(id)).toMatchObject({ status: 'completed', error: null });
    expect((await on.api.request('DELETE', path, undefined, { 'if-match': '"1"' })).status).toBe(200);
  });

  it('outlive a restart', async () => {
    const { id } = await generate('kept');
    await on.api.end(id);
    const { bytes } = await fileOf(id);
    await on.restart('SIGKILL');
    expect((await fileOf(id)).bytes).toEqual(bytes);
  });

  it('are not asked for again when the answer is lost, or the process is killed while it waits', async () => {
    on.simulator.control.addFault({ operation: 'create', times: 1, fault: { type: 'reset-after' } });
    const lost = await generate('lost');
    expect(await on.api.end(lost.id)).toMatchObject({ error: { code: 'submission_unknown' } });
    on.simulator.control.addFault({
      operation: 'create',
      times: 1,
      fault: { type: 'slow', delayMs: 60_000 },
    });
    const killed = await generate('killed');
    await expect.poll(() => jobsOf('killed')?.jobs).toBe(1);
    await on.restart('SIGKILL');
    expect(await on.api.end(killed.id)).toMatchObject({ error: { code: 'submission_unknown' } });
    expect([jobsOf('lost')?.calls, jobsOf('killed')?.calls]).toEqual([1, 1]);
  });

  it('are refused by the policy of the upstream, and by parameters that the model does not have', async () => {
    const fault = { type: 'fail-job', code: 'content_policy_violation' } as const;
    on.simulator.control.addFault({ operation: 'create', times: 1, fault });
    const { id } = await generate('forbidden');
    expect(await on.api.end(id)).toMatchObject({ error: { code: 'content_policy' } });
    const refused = await on.api.request('POST', '/v1/generations', {
      model: MODEL,
      kind: 'image',
      input: { prompt: 'x', style: 'vivid' },
    });
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining('style')]);
  });
});

describe('images that come with the answer, by the SDK', () => {
  it('are given as links', async () => {
    const { data = [] } = await client.images.generate({
      model: MODEL,
      prompt: 'two',
      n: 2,
      size: '1024x1024',
    });
    expect(data).toHaveLength(2);
    for (const { url = '' } of data) {
      const { status, bytes } = await fetched(url);
      expect([status, bytes.subarray(0, 4)]).toEqual([200, PNG]);
    }
    expect(jobsOf('two')).toMatchObject({ calls: 2, jobs: 2 });
  });

  it('are given in base64', async () => {
    const asked = {
      model: 'gpt-image-2.6-flare',
      prompt: 'encoded',
      quality: 'low',
      response_format: 'b64_json',
    } as const;
    const { data = [] } = await client.images.generate(asked);
    expect(data.map(({ b64_json = '' }) => Buffer.from(b64_json, 'base64').subarray(0, 4))).toEqual([PNG]);
  });

  it('have models with kind and sizes', async () => {
    const { data } = await client.models.list();
    expect(data).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          id: 'gpt-image-2.5-flare',
          kind: 'image',
          accepts_input_reference: false,
          parameters: expect.objectContaining({
            size: expect.objectContaining({
              values: expect.arrayContaining(['auto', '1024x1024', '3840x2160']) as unknown,
            }) as unknown,
          }) as unknown,
        }),
      ]),
    );
    await expect(client.images.generate({ model: MODEL, prompt: 'x', style: 'vivid' })).rejects.toMatchObject(
      { status: 400, code: 'unknown_parameter', param: 'style' },
    );
  });
});
