import OpenAI, { toFile } from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startHarness, type Harness } from '../../harness.js';

let harness: Harness;
let client: OpenAI;

beforeEach(async () => {
  harness = await startHarness();
  client = new OpenAI({ apiKey: 'key-a', baseURL: harness.simulator.baseUrl, maxRetries: 0 });
});

afterEach(() => harness.close());

describe('the openai SDK', () => {
  it('creates, watches, downloads, remixes, lists and deletes', async () => {
    const video = await client.videos.create({ prompt: 'a cat', seconds: '8', size: '1280x720' });
    expect(video).toMatchObject({ status: 'queued', seconds: '8', size: '1280x720' });
    await harness.clock.advance(10_000);
    expect((await client.videos.retrieve(video.id)).status).toBe('completed');
    const file = await client.videos.downloadContent(video.id, { variant: 'thumbnail' });
    expect(file.headers.get('content-type')).toBe('image/webp');
    expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(1_000);
    const remix = await client.videos.remix(video.id, { prompt: 'a dog' });
    expect(remix.remixed_from_video_id).toBe(video.id);
    const ids: string[] = [];
    for await (const listed of client.videos.list({ limit: 1 })) ids.push(listed.id);
    expect(ids).toEqual([remix.id, video.id]);
    expect(await client.videos.delete(video.id)).toMatchObject({ deleted: true });
  });

  it('uploads a reference', async () => {
    const reference = await toFile(Buffer.alloc(2_000), 'start.png', { type: 'image/png' });
    await client.videos.create({ prompt: 'x', input_reference: reference });
    expect(harness.simulator.control.report().jobs[0]?.reference).toMatchObject({
      source: 'file',
      bytes: 2_000,
    });
  });

  it('understands the errors', async () => {
    await expect(client.videos.retrieve('video_none')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    const stranger = client.withOptions({ apiKey: 'nobody' });
    await expect(stranger.models.list()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
  });
});
