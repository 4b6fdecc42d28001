import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ApiClient, type Answer, type Json } from '../support/api-client.js';
import { openStage, QUICK, type Stage } from '../support/stage.js';

const PICTURE = new URL('../../tools/upstream-simulator/media/thumbnail.webp', import.meta.url);

describe('the native API', () => {
  let on: Stage;
  let api: ApiClient;

  const create = (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
    api.request('POST', '/v1/generations', body, headers);
  const errorOf = async (body: object): Promise<unknown> => (await create(body)).body['error'];

  beforeAll(async () => {
    on = await openStage({ credentials: [{ secret: 'sk-one' }], behaviour: QUICK });
    api = new ApiClient(on.api.url, await on.api.addKey('native', ['generate', 'read']));
  });
  afterAll(() => on.close());

  it('answers with the names that stay, from the first moment to the last', async () => {
    const body = {
      kind: 'video',
      provider: 'openai-videos',
      model: 'sora-2',
      input: { prompt: 'a cat', seconds: 8, size: '1280x720' },
      metadata: { project: 'p-1', ünïcode: '猫' },
    };
    const created = await create(body);
    expect(created.status).toBe(202);
    expect(created.headers.get('location')).toBe(`/v1/generations/${String(created.body['id'])}`);
    expect(created.body).toMatchObject({
      object: 'generation',
      kind: 'video',
      model: 'sora-2',
      progress: 0,
      input: { prompt: 'a cat', seconds: '8', size: '1280x720' },
      assets: [],
      error: null,
      completedAt: null,
      metadata: body.metadata,
    });
    expect(['queued', 'submitting']).toContain(created.body['status']);

    const ended = await api.request('GET', `/v1/generations/${String(created.body['id'])}?wait=20`);
    expect(ended.body).toMatchObject({
      id: created.body['id'],
      provider: 'openai-videos',
      status: 'completed',
      progress: 100,
      position: null,
      estimatedWaitMs: null,
      attempts: 1,
      metadata: body.metadata,
    });
    const times = ['createdAt', 'startedAt', 'completedAt'].map((name) =>
      Date.parse(String(ended.body[name])),
    );
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(Number(ended.body['polls'])).toBeGreaterThan(0);
    expect(ended.body).not.toHaveProperty('tokenId');
    expect(
      (await on.api.request('GET', `/v1/generations/${String(created.body['id'])}`)).body,
    ).toHaveProperty('tokenId');
  });

  it('lists with filters, in both orders, page by page', async () => {
    const lister = new ApiClient(on.api.url, await on.api.addKey('lists', ['generate', 'read']));
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      ids.push(
        (await lister.generate(`number ${String(n)}`, { model: n === 4 ? 'sora-2-pro' : 'sora-2' })).id,
      );
    }
    await Promise.all(ids.map((id) => lister.end(id)));

    const idsOf = async (query: string): Promise<unknown[]> => {
      const { status, body } = await lister.request('GET', `/v1/generations?${query}`);
      expect(status).toBe(200);
      return dataOf(body).map(({ id }) => id);
    };
    expect(await idsOf('')).toEqual(ids.toReversed());
    expect(await idsOf('order=asc')).toEqual(ids);
    expect(await idsOf('model=sora-2-pro')).toEqual(ids.slice(4));
    expect(await idsOf('status=completed&kind=video&limit=100')).toHaveLength(5);
    expect(await idsOf('status=failed')).toEqual([]);
    expect(await idsOf('kind=image')).toEqual([]);

    for (const order of ['asc', 'desc']) {
      const seen: unknown[] = [];
      let cursor = '';
      for (let pages = 0; pages < 5 && cursor !== 'null'; pages += 1) {
        const next = cursor === '' ? '' : `&cursor=${cursor}`;
        const { body } = await lister.request('GET', `/v1/generations?limit=2&order=${order}${next}`);
        seen.push(...dataOf(body).map(({ id }) => id));
        cursor = String(body['nextCursor']);
      }
      expect(seen).toEqual(order === 'asc' ? ids : ids.toReversed());
      expect(cursor).toBe('null');
    }
  });

  it('waits for the end at most as long as asked', async () => {
    on.simulator.control.setBehaviour({ duration: { medianMs: 60_000 } });
    const { id } = await api.generate('a long one');
    await api.reach(id, 'in_progress');
    on.simulator.control.setBehaviour(QUICK);
    const before = performance.now();
    const { status, body } = await api.request('GET', `/v1/generations/${id}?wait=1`);
    const tookMs = performance.now() - before;
    expect([status, body['completedAt']]).toEqual([200, null]);
    expect(tookMs).toBeGreaterThan(900);
    expect(tookMs).toBeLessThan(3_000);

    const waits = Promise.all(
      Array.from({ length: 3 }, () => api.request('GET', `/v1/generations/${id}?wait=30`)),
    );
    await api.request('POST', `/v1/generations/${id}/cancel`);
    for (const answer of await waits) expect(answer.body['status']).toBe('cancelled');
    expect(performance.now() - before).toBeLessThan(8_000);
  });

  it('names what it does not know', async () => {
    const input = { prompt: 'x' };
    expect(await errorOf({ model: 'sora-9', input })).toMatchObject({
      code: 'model_not_found',
      param: 'model',
    });
    expect(await errorOf({ model: 'sora-2', kind: 'image', input })).toMatchObject({
      code: 'model_not_found',
    });
    const provider = { model: 'sora-2', provider: 'nobody', input };
    expect((await create(provider)).status).toBe(404);
    expect(await errorOf(provider)).toMatchObject({ code: 'model_not_found' });
    expect(String((await create(provider)).body['error']['message'])).toContain('"nobody"');
    expect(await errorOf({ model: 'sora-2', input: { ...input, fps: 24 } })).toMatchObject({
      code: 'unknown_parameter',
      param: expect.stringContaining('fps') as unknown,
    });
    expect(await errorOf({ model: 'sora-2', input: { ...input, seconds: '5' } })).toMatchObject({
      code: 'invalid_value',
      param: expect.stringContaining('seconds') as unknown,
    });
  });

  it('bounds metadata', async () => {
    const input = { prompt: 'x' };
    const many = Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`k${String(n)}`, 'v']));
    for (const metadata of [many, { k: 'v'.repeat(513) }, { ['k'.repeat(65)]: 'v' }, { k: 1 }, [], 'text']) {
      const { status, body } = await create({ model: 'sora-2', input, metadata });
      expect([status, String(body['error']['param']).split('.')[0]]).toEqual([400, 'metadata']);
    }
  });

  it('takes a reference as a data URL, an URL and a file id', async () => {
    const bytes = await readFile(PICTURE);
    const data = `data:image/webp;base64,${bytes.toString('base64')}`;
    const references = {
      data: { imageUrl: data },
      url: { imageUrl: 'https://example.com/a.png' },
      id: { fileId: 'file_1' },
    };
    for (const [name, inputReference] of Object.entries(references)) {
      const created = await create({
        model: 'sora-2',
        input: { prompt: `reference ${name}`, inputReference },
      });
      expect(created.status).toBe(202);
      expect((await api.end(String(created.body['id']))).status).toBe('completed');
    }
    const jobs = on.simulator.control.report().jobs;
    const referenceOf = (name: string): unknown =>
      jobs.find(({ prompt }) => prompt === `reference ${name}`)?.reference;
    expect(referenceOf('data')).toMatchObject({ bytes: bytes.length, contentType: 'image/webp' });
    expect(referenceOf('url')).toMatchObject({ source: 'image_url' });
    expect(referenceOf('id')).toMatchObject({ source: 'file_id' });
    const both = { imageUrl: data, fileId: 'file_1' };
    for (const inputReference of [
      {},
      both,
      { imageUrl: 'data:image/webp;base64,!' },
      { imageUrl: 'ftp://x' },
    ]) {
      expect((await create({ model: 'sora-2', input: { prompt: 'x', inputReference } })).status).toBe(400);
    }
  });

  it('forgets a finished generation, its files and its key', async () => {
    const headers = { 'Idempotency-Key': 'forgotten' };
    const body = { model: 'sora-2', input: { prompt: 'to be forgotten' } };
    const id = String((await create(body, headers)).body['id']);
    expect((await api.request('DELETE', `/v1/generations/${id}`)).status).toBe(409);
    await api.end(id);
    expect((await api.request('DELETE', `/v1/generations/${id}`)).status).toBe(204);
    for (const path of ['', '/events', '/assets/0'])
      expect((await api.request('GET', `/v1/generations/${id}${path}`)).status).toBe(404);
    expect((await api.request('DELETE', `/v1/generations/${id}`)).status).toBe(404);
    expect((await create(body, headers)).body['id']).not.toBe(id);
  });
});

const dataOf = (body: Json): readonly { readonly id: string }[] => body['data'];
