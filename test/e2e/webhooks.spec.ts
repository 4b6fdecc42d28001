import OpenAI from 'openai';
import { SeededRandom } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { answering, Receiver, thanks, type Received } from '../../src/webhooks/testing/receiver.js';
import type { ApiClient } from '../support/api-client.js';
import { QUICK, stage, type Stage } from '../support/stage.js';

/** The id of the configured admin key, which the tests use. */
const KEY_ID = 'key_configured';
const ORDER = ['queued', 'submitting', 'in_progress', 'completed'];

/** Receivers of the tests are on this machine, and nobody wants to wait. */
async function allowLocal(api: ApiClient): Promise<void> {
  const body = { allowHttp: true, allowPrivateAddresses: true, firstPauseMs: 50, longestPauseMs: 400 };
  const answer = await api.request('PATCH', '/admin/settings/webhooks', body, { 'if-match': '"0"' });
  expect(answer.status).toBe(200);
}

async function setWebhook(api: ApiClient, url: string | null): Promise<string> {
  const answer = await api.request('PUT', `/admin/keys/${KEY_ID}/webhook`, { url });
  expect(answer.status).toBe(200);
  return String(answer.body['secret']);
}

interface NativeEvent {
  readonly type: string;
  readonly revision: number;
  readonly data: { readonly id: string; readonly status: string };
}

describe('webhooks', () => {
  let on: Stage;
  let receiver: Receiver;

  beforeEach(async () => {
    on = await stage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
    receiver = await Receiver.open();
    await allowLocal(on.api);
  });
  afterEach(() => receiver.close());

  const pending = async (): Promise<number> =>
    ((await on.api.request('GET', '/admin/webhooks?status=pending')).body['data'] as readonly unknown[])
      .length;

  it('of the façade are verified and parsed by the SDK', async () => {
    const webhookSecret = await setWebhook(on.api, null);
    const client = new OpenAI({ apiKey: on.api.key, baseURL: `${on.api.url}/v1`, webhookSecret });
    const asked = { model: 'sora-2', prompt: 'told when done', webhook_url: receiver.url } as const;
    const video = await client.videos.create(asked);
    await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(1);
    const [{ body, headers }] = receiver.received as [Received];
    const event: unknown = await client.webhooks.unwrap(body, headers);
    expect(event).toMatchObject({ object: 'event', type: 'video.completed', data: { id: video.id } });
    const { data, id } = event as { readonly id: string; readonly data: { readonly id: string } };
    expect([headers['webhook-id'], (await client.videos.retrieve(data.id)).status]).toEqual([
      id,
      'completed',
    ]);
    await expect(client.webhooks.unwrap(`${body} `, headers)).rejects.toThrow(/signature/);
  });

  it('are shown with their attempts, and replayed', async () => {
    await setWebhook(on.api, receiver.url);
    receiver.become((response, { length }) => {
      (length === 1 ? answering(500, {}, 'not now') : thanks)(response, []);
    });
    const { id: generation } = await on.api.generate('watched');
    await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(5);
    await expect.poll(pending).toBe(0);
    const list = `/admin/webhooks?generation=${generation}&key=${KEY_ID}&status=delivered&limit=3`;
    const page = (await on.api.request('GET', list)).body;
    const more = (await on.api.request('GET', `${list}&cursor=${String(page['nextCursor'])}`)).body;
    const rows = [page, more].flatMap((each) => each['data'] as readonly { id: string; type: string }[]);
    expect(rows.map(({ type }) => type).sort()).toEqual(ORDER.map((each) => `generation.${each}`).sort());
    const first = rows.find(({ type }) => type === 'generation.queued')?.id ?? '';
    const detail = (await on.api.request('GET', `/admin/webhooks/${first}`)).body;
    expect(detail).toMatchObject({
      status: 'delivered',
      attempts: 2,
      lastError: null,
      url: null,
      generationId: generation,
      history: [
        { number: 2, httpStatus: 204, error: null, url: receiver.url },
        { number: 1, httpStatus: 500, answer: 'not now' },
      ],
    });
    expect((await on.api.request('POST', `/admin/webhooks/${first}/replay`)).status).toBe(202);
    await expect.poll(() => receiver.received.length).toBe(6);
    expect(receiver.received.at(-1)?.headers['webhook-id']).toBe(first);
    expect(receiver.received.at(-1)?.body).toBe(detail['body']);
    for (const method of ['GET', 'POST'])
      expect(
        (await on.api.request(method, `/admin/webhooks/evt_x${method === 'GET' ? '' : '/replay'}`)).status,
      ).toBe(404);
  });

  it('have secrets that are shown once, and rotated', async () => {
    const path = `/admin/keys/${KEY_ID}/webhook`;
    expect((await on.api.request('GET', path)).status).toBe(404);
    const secret = await setWebhook(on.api, receiver.url);
    expect(secret).toMatch(/^whsec_/);
    expect(await setWebhook(on.api, receiver.url)).toBe('null');
    const read = await on.api.request('GET', path);
    expect(read.body).toMatchObject({ url: receiver.url, disabledAt: null, previousSecretUntil: null });
    expect(JSON.stringify(read.body)).not.toContain('whsec_');
    const rotated = (await on.api.request('POST', `${path}/rotate`, {})).body;
    expect(String(rotated['secret'])).toMatch(/^whsec_/);
    expect(String(rotated['secret'])).not.toBe(secret);
    expect(rotated['previousSecretUntil']).toBeTypeOf('string');
    expect((await on.api.request('DELETE', path)).status).toBe(204);
    const codes = [
      await on.api.request('POST', `${path}/rotate`, {}),
      await on.api.request('PUT', '/admin/keys/key_none/webhook', { url: null }),
      await on.api.request('PUT', path, { url: 'ftp://client.example' }),
      await on.api.request('POST', '/v1/generations', {
        model: 'sora-2',
        input: { prompt: 'a' },
        webhookUrl: receiver.url,
      }),
    ].map(({ status, body }) => [status, body['error']['code']]);
    expect(codes).toEqual([
      [404, 'webhook_not_configured'],
      [404, 'webhook_key_not_found'],
      [400, 'webhook_url_refused'],
      [409, 'webhook_secret_missing'],
    ]);
  });

  it('are all received in order and true, killed 30 times between the state and its delivery', async () => {
    await setWebhook(on.api, receiver.url);
    const random = new SeededRandom(20_261_124);
    // Now and then the receiver fails, so that there is always something left to deliver.
    receiver.become((response) => {
      (random.below(3) === 0 ? answering(503) : thanks)(response, []);
    });
    const asked = new Set<string>();
    for (let round = 0; round < 30; round += 1) {
      const creations = [0, 1, 2].map(async (n) => {
        const generation = await on.api
          .generate(`round ${String(round)} number ${String(n)}`)
          .catch(() => null);
        if (generation !== null) asked.add(generation.id);
      });
      await new Promise((resolve) => setTimeout(resolve, random.below(700)));
      await on.restart('SIGKILL');
      await Promise.all(creations);
    }
    receiver.become(thanks);
    const ends = await Promise.all([...asked].map((id) => on.api.end(id)));
    await expect.poll(pending, { timeout: 60_000 }).toBe(0);
    expect((await on.api.request('GET', '/admin/webhooks?status=dead')).body['data']).toEqual([]);

    const events = receiver.received.map(({ body }) => JSON.parse(body) as NativeEvent);
    for (const { id, status } of ends) {
      const mine = events.filter(({ data }) => data.id === id);
      const revisions = mine.map(({ revision }) => revision);
      expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
      expect(mine[0]).toMatchObject({ type: 'generation.queued', revision: 1 });
      expect(mine.at(-1)).toMatchObject({ type: `generation.${status}`, data: { status } });
      for (const { type, data } of mine) expect(type).toBe(`generation.${data.status}`);
      for (const reached of status === 'completed' ? ORDER : ['queued', status])
        expect(mine.map(({ data }) => data.status)).toContain(reached);
    }
    expect(asked.size).toBeGreaterThan(20);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBeLessThan(
      receiver.received.length,
    );
  });
});
