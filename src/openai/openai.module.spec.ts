import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { TestApp } from '../../test/support/start-app.js';
import { FakeUpstream } from '../generations/testing/fake-upstream.js';
import { startGenerationsApp } from '../generations/testing/generations-app.js';
import { GenerationsClient } from '../generations/testing/generations-client.js';
import { OpenAiModule } from './openai.module.js';
import { deletedVideoSchema, videoListSchema, videoSchema } from './video.schemas.js';

describe('generations in the words of the OpenAI API', () => {
  let test: TestApp;
  let upstream: FakeUpstream;
  let client: GenerationsClient;

  beforeEach(async () => {
    upstream = new FakeUpstream(new ManualClock());
    test = await startGenerationsApp(upstream, OpenAiModule);
    client = new GenerationsClient(test);
    await client.addToken();
  });
  afterEach(async () => {
    await test.close();
  });

  const video = async (body: object = { prompt: 'a cat' }) => {
    const answer = await test.request('POST', '/v1/videos', { body });
    expect(answer.status).toBe(200);
    return videoSchema.parse(answer.body);
  };

  it('makes, shows, lists, hands over, remixes and forgets a video', async () => {
    const { id } = await video({ prompt: 'a cat', seconds: '8' });
    await client.reaches(id, 'completed');
    expect((await test.request('GET', `/v1/videos/${id}`)).body).toMatchObject({ id, status: 'completed' });
    const list = videoListSchema.parse((await test.request('GET', '/v1/videos?limit=1')).body);
    expect(list).toMatchObject({ first_id: id, last_id: id, has_more: false });
    expect((await test.request('GET', `/v1/videos/${id}/content`)).text).toBe('job-1 video');
    expect((await test.request('GET', `/v1/videos/${id}/content?variant=thumbnail`)).status).toBe(404);
    const remixed = await test.request('POST', `/v1/videos/${id}/remix`, { body: { prompt: 'at night' } });
    const remix = videoSchema.parse(remixed.body);
    expect(remix.remixed_from_video_id).toBe(id);
    await client.reaches(remix.id, 'completed');
    const removed = await test.request('DELETE', `/v1/videos/${id}`);
    expect(deletedVideoSchema.parse(removed.body)).toEqual({ object: 'video.deleted', deleted: true, id });
    expect((await test.request('GET', `/v1/videos/${id}`)).status).toBe(404);
  });

  it('hands nothing over before the end', async () => {
    upstream.plans.push([1]);
    const { id } = await video();
    expect(await client.errorOf('GET', `/v1/videos/${id}/content`)).toEqual([409, 'not_completed', null]);
    expect(await client.errorOf('POST', `/v1/videos/${id}/remix`, { body: { prompt: 'x' } })).toEqual([
      409,
      'not_completed',
      null,
    ]);
  });

  it('is there for those with a key only', async () => {
    for (const url of ['/v1/videos', '/v1/models'])
      expect((await test.request('GET', url, { authorization: null })).status).toBe(401);
  });
});
