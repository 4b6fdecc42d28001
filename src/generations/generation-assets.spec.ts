import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Generation } from './generation.entity.js';
import { TestEngine } from './testing/test-engine.js';
import { TestWorld } from './testing/test-world.js';

describe('GenerationAssets', () => {
  let world: TestWorld;
  let engine: TestEngine;
  let tokenId: string;
  let generation: Generation;

  beforeEach(async () => {
    world = await TestWorld.create();
    tokenId = await world.addToken(1);
    engine = await TestEngine.start(world);
    const { id } = await engine.create();
    await engine.pass(10_000);
    generation = await engine.read(id);
  });
  afterEach(() => world.end());

  const request = (asset: number | string, range: string | null = null) => ({
    asset,
    range,
    ifRange: null,
    signal: new AbortController().signal,
  });

  it.each([0, 'video'])('opens an asset as %j, from the token that made it', async (asset) => {
    const download = await engine.assets.open(generation, request(asset));
    expect(download).toMatchObject({ status: 200, contentType: 'video/mp4' });
    expect(await text(download.body)).toBe('job-1 video');
  });

  it('passes on the range', async () => {
    const download = await engine.assets.open(generation, request(0, 'bytes=0-1'));
    expect(download.status).toBe(206);
    download.body.destroy();
  });

  const open = async (of: Generation, asset: number | string = 0) =>
    (await engine.assets.open(of, request(asset))).status;

  it.each([1, 'thumbnail'])('names the assets there are when %j is none', async (asset) => {
    await expect(open(generation, asset)).rejects.toMatchObject({
      code: 'asset_not_found',
      message: `${generation.id} has no asset ${JSON.stringify(asset)}. It has: 0 (video).`,
    });
    await expect(open({ ...generation, assets: [] })).rejects.toThrow('It has: none.');
  });

  it.each(['in_progress', 'failed', 'cancelled'] as const)('has none of what is %s', async (status) => {
    await expect(open({ ...generation, status })).rejects.toMatchObject({
      code: 'not_completed',
      category: 'conflict',
      message: `${generation.id} is ${status}; its files are there once it is completed.`,
    });
  });

  it('says that a provider hands over no files', async () => {
    const other = await TestEngine.start(world, { without: ['download'] });
    await expect(other.assets.open(generation, request(0))).rejects.toMatchObject({
      code: 'not_supported',
      message: 'Provider "acme" hands over no files, and no copy of this one is kept (any more).',
    });
  });

  it('says that the token is gone', async () => {
    await engine.tokens.delete(tokenId);
    await expect(open(generation)).rejects.toMatchObject({ code: 'token_gone' });
  });
});
