import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { FAL_WEBHOOK_KEY, WEBHOOK_SECRET } from '../../tools/upstream-simulator/index.js';
import { ApiClient, type Json } from '../support/api-client.js';
import { openStage, QUICK, stage, type Stage } from '../support/stage.js';

interface Upstream {
  readonly provider: string;
  readonly model: string;
  readonly path: string;
  /** Of its token. @defaultValue `sk-hooks` */
  readonly secret?: string;
}

const UPSTREAMS: readonly Upstream[] = [
  { provider: 'replicate', model: 'minimax/video-01', path: '/replicate' },
  { provider: 'luma', model: 'ray-2', path: '/luma' },
  { provider: 'fal', model: 'fal-ai/veo3', path: '/fal' },
  { provider: 'ark', model: 'dreamina-seedance-2-0-260128', path: '/ark' },
  { provider: 'kling', model: 'kling-v2-6', path: '/kling', secret: 'ak-hooks:sk-hooks' },
];
/** Without a callback no end would be seen for ten minutes. */
const RARELY = { TEST_POLLING: 'rare', LOG_LEVEL: 'debug' };

async function addTokens(on: Stage): Promise<void> {
  for (const { provider, path, secret = 'sk-hooks' } of UPSTREAMS)
    await on.api.addToken(secret, `${on.simulator.url}${path}`, { provider });
}

/** Has upstreams call back to the gateway. */
async function openHooks(on: Stage): Promise<void> {
  await addTokens(on);
  const version = { 'if-match': '"0"' };
  await on.api.request('PATCH', '/admin/settings/webhooks', { publicUrl: on.api.url }, version);
  const secrets = { secrets: ['whsec_YW5vdGhlciBhY2NvdW50', WEBHOOK_SECRET] };
  await on.api.request('PUT', '/admin/hooks/replicate/secrets', secrets);
  await on.api.request('PUT', '/admin/hooks/fal/secrets', { secrets: [FAL_WEBHOOK_KEY] });
}

const UPSTREAM = {
  credentials: [{ secret: 'sk-hooks' }, { secret: 'ak-hooks:sk-hooks' }],
  behaviour: QUICK,
};

interface Channel {
  readonly provider: string;
  readonly url: string | null;
}

async function channelOf(on: Stage, provider: string): Promise<Channel> {
  const { body } = await on.api.request('GET', '/admin/hooks');
  const all = body['data'] as readonly Channel[];
  const found = all.find((channel) => channel.provider === provider);
  if (found === undefined) throw new Error(`There is no channel of ${provider}.`);
  return found;
}

describe('callbacks of upstreams', () => {
  let on: Stage;
  beforeAll(async () => {
    on = await openStage(UPSTREAM, RARELY);
    await openHooks(on);
  });
  afterAll(() => on.close());

  const post = async (url: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  const urlOf = async (provider: string): Promise<string> => (await channelOf(on, provider)).url ?? '';
  const pollsOf = async (id: string): Promise<readonly Json[]> => {
    const { body } = await on.api.request('GET', `/admin/generations/${id}/polls`);
    return body['data'];
  };

  it.each(UPSTREAMS)('end generations of $provider that are hardly polled', async ({ provider, model }) => {
    const { id } = await on.api.generate(`called back by ${provider}`, { model, provider });
    expect(await on.api.end(id)).toMatchObject({ status: 'completed', polls: 1 });
    await expect.poll(() => pollsOf(id)).toMatchObject([{ reason: 'callback', outcome: 'completed' }]);
    expect(await channelOf(on, provider)).toMatchObject({ state: 'active', taken: 1, refused: 0 });
  });

  it('of a forger that knows the path have the job read, and change nothing', async () => {
    on.simulator.control.setBehaviour({ duration: { medianMs: 600_000 } });
    const { id } = await on.api.generate('forged', { model: 'ray-2', provider: 'luma' });
    await on.api.reach(id, 'in_progress');
    const job = on.simulator.control.report().jobs.find(({ prompt }) => prompt === 'forged');
    const forged = JSON.stringify({
      id: job?.id,
      state: 'completed',
      assets: { video: 'https://evil.test/a' },
    });
    const url = await urlOf('luma');
    for (let times = 0; times < 3; times += 1) expect((await post(url, forged)).status).toBe(200);
    await expect.poll(async () => (await pollsOf(id)).length).toBeGreaterThan(0);
    for (const poll of await pollsOf(id)) expect(poll).toMatchObject({ outcome: 'pending' });
    expect(await on.api.read(id)).toMatchObject({ status: 'in_progress' });
    on.simulator.control.setBehaviour(QUICK);
  });

  it('are refused without their signature, and at any other path', async () => {
    const url = await urlOf('replicate');
    const body = JSON.stringify({ id: 'p1', status: 'succeeded' });
    const now = String(Math.floor(Date.now() / 1_000));
    const signed = { 'webhook-id': 'm1', 'webhook-timestamp': now, 'webhook-signature': 'v1,AAAA' };
    for (const headers of [{}, signed]) {
      const answer = await post(url, body, headers);
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ error: { code: 'hook_not_genuine' } });
    }
    const secret = url.split('/').at(-1) ?? '';
    const wrong = [url.slice(0, -1), `${url}a`, `${on.api.url}/hooks/luma/${secret}`];
    const unknown = [`${on.api.url}/hooks/nobody/${secret}`, `${on.api.url}/hooks/runway/${secret}`];
    for (const other of [...wrong, ...unknown]) {
      const answer = await post(other, body);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({
        error: { code: 'hook_not_found', message: 'There is no such callback.' },
      });
    }
  });

  it('do not show whether a job is known', async () => {
    const { id } = await on.api.generate('known', { model: 'ray-2', provider: 'luma' });
    await on.api.end(id);
    const job = on.simulator.control.report().jobs.find(({ prompt }) => prompt === 'known');
    const url = await urlOf('luma');
    const answers = await Promise.all(
      [job?.id, 'unknown'].map(async (jobId) => {
        const answer = await post(url, JSON.stringify({ id: jobId, state: 'completed' }));
        return { status: answer.status, body: await answer.text() };
      }),
    );
    expect(answers[0]).toEqual({ status: 200, body: '{"received":true}' });
    expect(answers[1]).toEqual(answers[0]);
  });

  it.each([
    ['no JSON', '{"id":', 401],
    ['nothing', '', 401],
    ['another thing', '[1]', 401],
    ['a body without end', JSON.stringify({ id: 'x'.repeat(2 ** 20) }), 413],
  ])('with %s are refused', async (_, body, status) => {
    expect((await post(await urlOf('luma'), body)).status).toBe(status);
  });

  it('with a body that is no JSON by its type are refused', async () => {
    expect((await post(await urlOf('luma'), 'id=1', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('do not leave the secret of their path in the log', async () => {
    const secret = (await urlOf('luma')).split('/').at(-1) ?? '';
    await post(`${on.api.url}/hooks/luma/${secret}`, '{}');
    expect(secret).toMatch(/^[\w-]{43}$/);
    await expect.poll(() => on.gateway().output()).toContain('/hooks/luma/***');
    expect(on.gateway().output()).not.toContain(secret);
  });

  it('are set up by admins only, and for providers that sign', async () => {
    const reader = new ApiClient(on.api.url, await on.api.addKey('reader', ['read', 'generate']));
    expect((await reader.request('GET', '/admin/hooks')).status).toBe(403);
    const secrets = { secrets: ['long enough'] };
    for (const provider of ['luma', 'runway', 'nobody']) {
      const answer = await on.api.request('PUT', `/admin/hooks/${provider}/secrets`, secrets);
      expect(answer).toMatchObject({ status: 404, body: { error: { code: 'hook_not_found' } } });
    }
    const short = await on.api.request('PUT', '/admin/hooks/replicate/secrets', { secrets: ['short'] });
    expect(short).toMatchObject({ status: 400, body: { error: { param: 'secrets.0' } } });
    const list = await on.api.request('GET', '/admin/hooks');
    expect(JSON.stringify(list.body)).not.toContain('whsec_');
  });
});

describe('callbacks around a restart', () => {
  it('come to the same path, and end what was taken up', async () => {
    const slow = { ...UPSTREAM, behaviour: { queue: { medianMs: 0 }, duration: { medianMs: 600_000 } } };
    const on = await stage(slow, RARELY);
    await openHooks(on);
    const before = await channelOf(on, 'replicate');
    const { id } = await on.api.generate('over a restart', {
      model: 'minimax/video-01',
      provider: 'replicate',
    });
    await on.api.reach(id, 'in_progress');
    await on.restart('SIGKILL');
    expect(await channelOf(on, 'replicate')).toMatchObject({
      url: before.url,
      state: 'active',
      secrets: 2,
    });
    on.simulator.control.finishJob(on.simulator.control.report().jobs[0]?.id ?? '');
    expect(await on.api.end(id)).toMatchObject({ status: 'completed' });
    expect(on.simulator.control.report().callbacks).toMatchObject({ taken: 1, lost: 0 });
  });
});

describe('without what callbacks need', () => {
  it('upstreams are not asked to call back', async () => {
    const on = await stage(UPSTREAM);
    await addTokens(on);
    expect(await channelOf(on, 'luma')).toMatchObject({ state: 'no_public_url', url: null });
    const version = { 'if-match': '"0"' };
    await on.api.request('PATCH', '/admin/settings/webhooks', { publicUrl: on.api.url }, version);
    expect(await channelOf(on, 'replicate')).toMatchObject({ state: 'no_secrets', secrets: 0 });
    const { id } = await on.api.generate('polled', { model: 'minimax/video-01', provider: 'replicate' });
    expect(await on.api.end(id)).toMatchObject({ status: 'completed' });
    const none = { taken: 0, refused: 0, failed: 0, lost: 0 };
    expect(on.simulator.control.report().callbacks).toEqual(none);
  });
});
