import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openStage, QUICK, type Stage } from '../support/stage.js';

interface Upstream {
  readonly provider: string;
  readonly model: string;
  /** Where the simulator speaks its dialect. */
  readonly path: string;
  /** More of the native request's input. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** The secret of its token. @defaultValue `sk-e2e` */
  readonly secret?: string;
  readonly cannotCancel?: true;
}

const UPSTREAMS: readonly Upstream[] = [
  {
    provider: 'replicate',
    model: 'minimax/video-01',
    path: '/replicate',
    input: { prompt_optimizer: 'false' },
  },
  { provider: 'fal', model: 'fal-ai/veo3', path: '/fal', input: { seconds: '6', size: '720x1280' } },
  { provider: 'runway', model: 'gen4.5', path: '/runway', input: { seconds: '2', size: '720x1280' } },
  { provider: 'luma', model: 'ray-2', path: '/luma', input: { seconds: '5' }, cannotCancel: true },
  {
    provider: 'luma-agents',
    model: 'ray-3.2',
    path: '/luma-agents',
    cannotCancel: true,
    input: { seconds: '10', size: '720x1280' },
  },
  { provider: 'dashscope', model: 'wan2.6-t2v', path: '/dashscope', input: { watermark: 'false' } },
  {
    provider: 'kling',
    model: 'kling-v2-6',
    path: '/kling',
    secret: 'ak-e2e:sk-e2e',
    input: { watermark: 'true', seconds: '10' },
    cannotCancel: true,
  },
  {
    provider: 'ark',
    model: 'dreamina-seedance-2-0-260128',
    path: '/ark',
    cannotCancel: true,
    input: { watermark: 'false', size: '1280x720', seconds: '5' },
  },
  {
    provider: 'google-veo',
    model: 'veo-3.1-generate-preview',
    path: '/google-veo',
    cannotCancel: true,
    input: { seconds: '8', size: '720x1280' },
  },
];

let on: Stage;
beforeAll(async () => {
  on = await openStage({ behaviour: QUICK });
  on.simulator.control.setCredentials(
    [...new Set(UPSTREAMS.map(({ secret = 'sk-e2e' }) => secret))].map((secret) => ({ secret })),
  );
  for (const { provider, path, secret = 'sk-e2e' } of UPSTREAMS) {
    await on.api.addToken(secret, `${on.simulator.url}${path}`, { provider });
  }
});
afterAll(() => on.close());

const jobsOf = (prompt: string) =>
  on.simulator.control.report().submissions.find((submission) => submission.prompt === prompt);

describe.each(UPSTREAMS)('$provider behind the gateway', (upstream) => {
  const { provider, model, input = {} } = upstream;

  it('generates by the native API, once, and hands over the file and parts of it', async () => {
    const prompt = `native ${provider}`;
    const { id } = await on.api.generate(prompt, { model, provider, input: { prompt, ...input } });
    expect(await on.api.end(id)).toMatchObject({ status: 'completed', error: null });
    expect(jobsOf(prompt)).toEqual({ prompt, calls: 1, jobs: 1 });
    const url = `${on.api.url}/v1/generations/${id}/assets/0`;
    const headers = { authorization: `Bearer ${on.api.key}` };
    const whole = await fetch(url, { headers });
    const bytes = await whole.arrayBuffer();
    expect([whole.status, bytes.byteLength > 1_000]).toEqual([200, true]);
    const part = await fetch(url, { headers: { ...headers, range: 'bytes=0-9' } });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10]);
  });

  it('generates by the OpenAI façade', async () => {
    const prompt = `facade ${provider}`;
    const { status, body } = await on.api.request('POST', '/v1/videos', { model, prompt, ...input });
    expect(status).toBe(200);
    const id = String(body['id']);
    await expect
      .poll(async () => (await on.api.request('GET', `/v1/videos/${id}`)).body['status'], { timeout: 20_000 })
      .toBe('completed');
    const content = await fetch(`${on.api.url}/v1/videos/${id}/content`, {
      headers: { authorization: `Bearer ${on.api.key}` },
    });
    expect([content.status, content.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    await content.body?.cancel();
  });

  it('refuses a parameter that the model does not have, and says which it has', async () => {
    const { status, body } = await on.api.request('POST', '/v1/generations', {
      model,
      provider,
      input: { prompt: 'x', colour: 'teal' },
    });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('colour');
  });

  if (upstream.cannotCancel === true) return;
  it('tells the upstream of a cancel', async () => {
    const prompt = `cancel ${provider}`;
    on.simulator.control.addFault({ operation: 'create', times: 1, fault: { type: 'stall-progress' } });
    const { id } = await on.api.generate(prompt, { model, provider, input: { prompt, ...input } });
    await on.api.reach(id, 'in_progress');
    await on.api.request('POST', `/v1/generations/${id}/cancel`);
    await on.api.reach(id, 'cancelled');
    await expect
      .poll(() => on.simulator.control.report().jobs.find((job) => job.prompt === prompt)?.error?.code)
      .toBe('cancelled');
  });
});

it('lists the models of each', async () => {
  const { body } = await on.api.request('GET', '/v1/models');
  const listed = UPSTREAMS.map(({ model }) => expect.objectContaining({ id: model }) as unknown);
  expect(body['data']).toEqual(expect.arrayContaining(listed));
});
