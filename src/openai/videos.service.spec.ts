import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Principal } from '../auth/index.js';
import { aRequest } from '../generations/testing/a-request.js';
import { OWNER, TestEngine } from '../generations/testing/test-engine.js';
import { TestWorld } from '../generations/testing/test-world.js';
import type { CreateVideoBody, VideoView } from './video.schemas.js';
import { VideosService } from './videos.service.js';

const ADMIN: Principal = { ...OWNER, keyId: 'admin', scopes: ['admin'] };
const STRANGER: Principal = { ...OWNER, keyId: 'key_2' };

describe('VideosService', () => {
  let world: TestWorld;
  let engine: TestEngine;
  let videos: VideosService;

  beforeEach(async () => {
    world = await TestWorld.create();
    await world.addToken(5);
    engine = await TestEngine.start(world);
    const { requests, creation, remixes, generations, queries } = engine;
    videos = new VideosService(requests, creation, remixes, generations, queries);
  });
  afterEach(() => world.end());

  const create = async (body: Partial<CreateVideoBody> = {}, owner = OWNER, key: string | null = null) => {
    const video = await videos.create(
      { body: { model: 'sora-2', prompt: 'a cat', ...body }, upload: null },
      key,
      owner,
    );
    await engine.pass(1);
    return video;
  };
  const list = (query: { limit?: number; order?: 'asc' | 'desc'; after?: string } = {}, owner = OWNER) =>
    videos.list({ limit: 20, order: 'asc', ...query }, owner);
  const idsOf = (shown: readonly VideoView[]): string[] => shown.map(({ id }) => id);

  it('makes a video and shows it to its end', async () => {
    const video = await create({ seconds: '8' });
    expect(video).toMatchObject({ status: 'queued', seconds: '8', prompt: 'a cat' });
    await engine.pass(10_000);
    expect(await videos.read(video.id, OWNER)).toMatchObject({ status: 'completed', progress: 100 });
    expect(world.upstream.jobs).toMatchObject([{ prompt: 'a cat' }]);
  });

  it('takes parameters of the model like fields of its own, and null for none', async () => {
    const { id } = await create({ seconds: '8', watermark: null });
    expect((await engine.read(id)).input.parameters).toEqual({ seconds: '8' });
  });

  it('gives the same video under the same key', async () => {
    const video = await create({}, OWNER, 'once');
    expect((await create({}, OWNER, 'once')).id).toBe(video.id);
    await expect(create({ prompt: 'a dog' }, OWNER, 'once')).rejects.toMatchObject({
      code: 'idempotency_conflict',
    });
  });

  it('puts the reference with the request', async () => {
    const { id } = await create({ input_reference: { image_url: 'https://example.test/a.png' } });
    expect((await engine.read(id)).input.reference).toEqual({
      type: 'url',
      url: 'https://example.test/a.png',
    });
  });

  it('refuses what the model does not take', async () => {
    await expect(create({ watermark: false })).rejects.toMatchObject({
      code: 'unknown_parameter',
      field: 'watermark',
      message: expect.stringContaining('seconds') as unknown,
    });
    await expect(create({ size: '1x1' })).rejects.toMatchObject({ code: 'unknown_parameter', field: 'size' });
    await expect(create({ model: 'none' })).rejects.toMatchObject({ code: 'model_not_found' });
  });

  it('lists page by page, in both orders, what the key may see', async () => {
    const made = [await create(), await create(), await create()];
    const other = await create({}, STRANGER);
    const first = await list({ limit: 2 });
    expect([idsOf(first.data), first.has_more]).toEqual([idsOf(made.slice(0, 2)), true]);
    expect([first.first_id, first.last_id]).toEqual([made[0]?.id, made[1]?.id]);
    const second = await list({ limit: 2, after: first.last_id ?? '' });
    expect([idsOf(second.data), second.has_more]).toEqual([idsOf(made.slice(2)), false]);
    expect(idsOf((await list({ order: 'desc' })).data)).toEqual(idsOf([...made].reverse()));
    expect(idsOf((await list({}, ADMIN)).data)).toEqual(idsOf([...made, other]));
  });

  it('lists nothing where there is nothing, or nothing is wanted', async () => {
    const empty = { object: 'list', data: [], first_id: null, last_id: null };
    expect(await list()).toEqual({ ...empty, has_more: false });
    await create();
    expect(await list({ limit: 0 })).toEqual({ ...empty, has_more: true });
    await expect(list({ after: 'video_0' })).rejects.toMatchObject({ code: 'generation_not_found' });
  });

  it('knows only videos of the own key', async () => {
    const { id } = await create();
    const image = { ...engine.factory.create(aRequest(), OWNER.keyId), id: 'image_1', kind: 'image' };
    await engine.store.insert(image);
    for (const [wanted, principal] of [
      ['image_1', OWNER],
      [id, STRANGER],
      ['video_0', ADMIN],
    ] as const) {
      await expect(videos.read(wanted, principal)).rejects.toMatchObject({ code: 'generation_not_found' });
      await expect(videos.remove(wanted, principal)).rejects.toMatchObject({ code: 'generation_not_found' });
    }
    expect((await videos.read(id, ADMIN)).id).toBe(id);
    expect(idsOf((await list()).data)).toEqual([id]);
  });

  it('remixes a completed video', async () => {
    const { id } = await create({ seconds: '8' });
    const remix = { id, prompt: 'at night', idempotencyKey: null };
    await expect(videos.remix(remix, OWNER)).rejects.toMatchObject({ code: 'not_completed' });
    await engine.pass(10_000);
    const video = await videos.remix(remix, OWNER);
    expect(video).toMatchObject({ remixed_from_video_id: id, prompt: 'at night', seconds: '8' });
    await expect(videos.remix(remix, STRANGER)).rejects.toMatchObject({ code: 'generation_not_found' });
  });

  it('removes what is over', async () => {
    world.upstream.plans.push([1]);
    const { id } = await create();
    await expect(videos.remove(id, OWNER)).rejects.toMatchObject({ code: 'not_finished' });
    await engine.pass(20_000);
    await videos.remove(id, OWNER);
    await expect(videos.read(id, OWNER)).rejects.toMatchObject({ code: 'generation_not_found' });
  });
});
