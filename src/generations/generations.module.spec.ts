import { setTimeout as pause } from 'node:timers/promises';

import multipart from '@fastify/multipart';
import { Module } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { ScheduleModule } from '@nestjs/schedule';
import { Balancer, BalancerModule } from 'penstock/balancer';
import { Random } from 'penstock/kernel';
import { ManualClock, SeededRandom } from 'penstock/kernel/testing';
import { PollingModule } from 'penstock/polling';
import { TokenCacheModule } from 'penstock/token-cache';
import { UpstreamModule } from 'penstock/upstream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startApp, type TestApp } from '../../test/support/start-app.js';
import { AuthModule, authMigrations } from '../auth/index.js';
import { OutgoingModule } from '../outgoing/index.js';
import { OpenAiModule } from '../openai/openai.module.js';
import { deletedVideoSchema, videoListSchema, videoSchema } from '../openai/video.schemas.js';
import { TokensModule, TokenStorageModule } from '../tokens/index.js';
import { tokenMigrations } from '../tokens/migrations/index.js';
import { generationPageSchema, generationSchema, type GenerationView } from './api/generation.schemas.js';
import { GENERATION_CHANGED } from './generation-events.js';
import { GenerationsModule } from './generations.module.js';
import { generationMigrations } from './migrations/index.js';
import { FakeProvider } from './testing/fake-provider.js';
import { FakeUpstream } from './testing/fake-upstream.js';

const BODY = { model: 'sora-2', input: { prompt: 'a cat', seconds: 8 }, metadata: { a: '1' } };

describe('generations over HTTP', () => {
  let test: TestApp;
  let upstream: FakeUpstream;

  beforeEach(async () => {
    upstream = new FakeUpstream(new ManualClock());
    @Module({ providers: [{ provide: FakeProvider, useFactory: () => new FakeProvider(upstream) }] })
    class AcmeModule {}
    test = await startApp({
      imports: [
        EventEmitterModule.forRoot({ maxListeners: 0 }),
        ScheduleModule.forRoot(),
        UpstreamModule.forRoot({ isGlobal: true }),
        TokenCacheModule.forRoot({ isGlobal: true, imports: [TokenStorageModule] }),
        BalancerModule.forRoot({ isGlobal: true, maxWaiting: 2 }),
        PollingModule.forRoot({ isGlobal: true }),
        AcmeModule,
        AuthModule,
        TokensModule,
        OutgoingModule,
        GenerationsModule.forRoot({ reconciliationPausesMs: [100] }),
        OpenAiModule,
      ],
      migrations: [...authMigrations, ...tokenMigrations, ...generationMigrations],
      configure: (app) => void app.register(multipart),
      globals: [{ provide: Random, useValue: new SeededRandom(1) }],
    });
    const token = { provider: 'acme', label: 'a', secret: 'sk-1234567890', limits: { video: 1 } };
    expect((await test.request('POST', '/admin/tokens', { body: token })).status).toBe(201);
  });
  afterEach(async () => {
    await test.close();
  });

  const create = async (body: object = BODY): Promise<GenerationView> => {
    const answer = await test.request('POST', '/v1/generations', { body });
    expect(answer.status).toBe(202);
    return generationSchema.parse(answer.body);
  };
  const read = async (id: string): Promise<GenerationView> =>
    generationSchema.parse((await test.request('GET', `/v1/generations/${id}`)).body);
  const reaches = async (id: string, status: GenerationView['status']): Promise<GenerationView> => {
    for (let tries = 0; tries < 200; tries += 1) {
      const generation = await read(id);
      if (generation.status === status) return generation;
      await test.clock.advance(500);
      await pause(2);
    }
    throw new Error(`${id} did not become ${status}`);
  };
  const errorOf = async (...args: Parameters<TestApp['request']>): Promise<unknown[]> => {
    const { status, body } = await test.request(...args);
    const { error } = body as { error: { code: string; param: string | null } };
    return [status, error.code, error.param];
  };

  it('makes one, from the request to its file', async () => {
    upstream.plans.push([30]);
    const asked = await test.request('POST', '/v1/generations', { body: BODY });
    const { id } = generationSchema.parse(asked.body);
    expect([asked.status, asked.headers['location']]).toEqual([202, `/v1/generations/${id}`]);
    const done = await reaches(id, 'completed');
    expect(done).toMatchObject({
      object: 'generation',
      kind: 'video',
      provider: 'acme',
      progress: 100,
      position: null,
      estimatedWaitMs: null,
      input: { prompt: 'a cat', seconds: '8' },
      metadata: { a: '1' },
      error: null,
      attempts: 1,
      polls: 2,
      nextPollAt: null,
      tokenId: expect.stringMatching(/^tok_/) as string,
    });
    const [asset] = done.assets;
    expect(asset).toMatchObject({ index: 0, name: 'video', contentType: 'video/mp4' });
    const file = await test.request('GET', new URL(asset?.url ?? '').pathname);
    expect([file.status, file.text, file.headers['content-type']]).toEqual([200, 'job-1 video', 'video/mp4']);
    expect(await errorOf('GET', `/v1/generations/${id}/assets/1`)).toEqual([404, 'asset_not_found', null]);
    expect((await test.request('GET', `/v1/generations/${id}/assets/x`)).status).toBe(400);
  });

  it('waits for the end when it is asked to', async () => {
    const { id } = await create();
    const waiting = test.request('GET', `/v1/generations/${id}?wait=60`);
    await reaches(id, 'completed');
    expect((await waiting).body).toMatchObject({ id, status: 'completed' });
    for (const wait of ['61', '-1', 'long', '1.5'])
      expect((await errorOf('GET', `/v1/generations/${id}?wait=${wait}`))[0]).toBe(400);
  });

  it('shows the place in the queue, and says when the queue is full', async () => {
    upstream.plans.push([1]);
    const made = [await create(), await create(), await create()];
    const positions = async () => (await Promise.all(made.map(({ id }) => read(id)))).map((g) => g.position);
    await expect.poll(positions).toEqual([null, 1, 2]);
    expect((await errorOf('POST', '/v1/generations', { body: BODY })).slice(0, 2)).toEqual([
      429,
      'queue_full',
    ]);
  });

  it('cancels, and forgets what is over', async () => {
    upstream.plans.push([1]);
    const { id } = await create();
    expect(await errorOf('DELETE', `/v1/generations/${id}`)).toEqual([409, 'not_finished', null]);
    await reaches(id, 'in_progress');
    const cancelled = await test.request('POST', `/v1/generations/${id}/cancel`);
    expect([cancelled.status, cancelled.body]).toMatchObject([200, { id, status: 'cancelled' }]);
    expect(upstream.jobs).toMatchObject([{ end: 'cancelled' }]);
    expect((await test.request('DELETE', `/v1/generations/${id}`)).status).toBe(204);
    expect(await errorOf('GET', `/v1/generations/${id}`)).toEqual([404, 'generation_not_found', null]);
    expect(test.app.get(Balancer).stats().inFlight).toBe(0);
  });

  it('lists page by page, by what is asked', async () => {
    const made: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const { id } = await create();
      made.push((await reaches(id, 'completed')).id);
    }
    const page = async (query: string) =>
      generationPageSchema.parse((await test.request('GET', `/v1/generations?${query}`)).body);
    const first = await page('limit=2&order=asc&status=completed&kind=video&model=sora-2');
    expect(first.data.map(({ id }) => id)).toEqual(made.slice(0, 2));
    const rest = await page(`limit=2&order=asc&cursor=${first.nextCursor ?? ''}`);
    expect([rest.data.map(({ id }) => id), rest.nextCursor]).toEqual([made.slice(2), null]);
    expect((await page('')).data.map(({ id }) => id)).toEqual([...made].reverse());
    expect((await page('status=failed')).data).toEqual([]);
  });

  it('tells of every change until the end, as server-sent events', async () => {
    const { id } = await create();
    const following = test.request('GET', `/v1/generations/${id}/events`);
    await pause(20);
    await reaches(id, 'completed');
    const { headers, text } = await following;
    expect(headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const states = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) =>
      generationSchema.parse(JSON.parse(data)),
    );
    expect(states.at(-1)).toMatchObject({ id, status: 'completed' });
    const last = /id: (\d+)\n[^\n]*\n\n$/.exec(text)?.[1] ?? '';
    const again = await test.app.inject({
      url: `/v1/generations/${id}/events`,
      headers: { authorization: 'Bearer admin-key-of-the-tests', 'last-event-id': last },
    });
    expect(again.statusCode).toBe(204);
  });

  it('follows nothing for a HEAD of the events', async () => {
    upstream.plans.push([1]);
    const { id } = await create();
    const answer = await test.request('HEAD', `/v1/generations/${id}/events`);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(test.app.get(EventEmitter2).listenerCount(`${GENERATION_CHANGED}:${id}`)).toBe(0);
  });

  it.each([
    [{ ...BODY, model: 'none' }, [404, 'model_not_found', 'model']],
    [{ ...BODY, input: { prompt: 'a', seconds: '5' } }, [400, 'invalid_value', 'input.seconds']],
    [
      { ...BODY, input: { prompt: 'a', inputReference: { imageUrl: 'http://127.1/' } } },
      [400, 'address_not_allowed', 'input.inputReference.imageUrl'],
    ],
    [{ ...BODY, input: { prompt: 'a', colour: 'red' } }, [400, 'unknown_parameter', 'input.colour']],
    [{ ...BODY, color: 'red' }, [400, 'unknown_parameter', 'color']],
    [{ model: 'sora-2', input: {} }, [400, 'missing_required_parameter', 'input.prompt']],
    [{ ...BODY, provider: 'other' }, [404, 'model_not_found', 'model']],
  ])('answers %j with the field and what is wrong', async (body, expected) => {
    expect(await errorOf('POST', '/v1/generations', { body })).toEqual(expected);
    expect(upstream.calls).toEqual([]);
  });

  it('is there for those with a key only', async () => {
    for (const url of ['/v1/generations', '/v1/videos', '/v1/models'])
      expect((await test.request('GET', url, { authorization: null })).status).toBe(401);
  });

  describe('in the words of the OpenAI API', () => {
    const video = async (body: object = { prompt: 'a cat' }) => {
      const answer = await test.request('POST', '/v1/videos', { body });
      expect(answer.status).toBe(200);
      return videoSchema.parse(answer.body);
    };

    it('makes, shows, lists, hands over, remixes and forgets a video', async () => {
      const { id } = await video({ prompt: 'a cat', seconds: '8' });
      await reaches(id, 'completed');
      expect((await test.request('GET', `/v1/videos/${id}`)).body).toMatchObject({ id, status: 'completed' });
      const list = videoListSchema.parse((await test.request('GET', '/v1/videos?limit=1')).body);
      expect(list).toMatchObject({ first_id: id, last_id: id, has_more: false });
      expect((await test.request('GET', `/v1/videos/${id}/content`)).text).toBe('job-1 video');
      expect((await test.request('GET', `/v1/videos/${id}/content?variant=thumbnail`)).status).toBe(404);
      const remixed = await test.request('POST', `/v1/videos/${id}/remix`, { body: { prompt: 'at night' } });
      const remix = videoSchema.parse(remixed.body);
      expect(remix.remixed_from_video_id).toBe(id);
      await reaches(remix.id, 'completed');
      const removed = await test.request('DELETE', `/v1/videos/${id}`);
      expect(deletedVideoSchema.parse(removed.body)).toEqual({ object: 'video.deleted', deleted: true, id });
      expect((await test.request('GET', `/v1/videos/${id}`)).status).toBe(404);
    });

    it('hands nothing over before the end', async () => {
      upstream.plans.push([1]);
      const { id } = await video();
      expect(await errorOf('GET', `/v1/videos/${id}/content`)).toEqual([409, 'not_completed', null]);
      expect(await errorOf('POST', `/v1/videos/${id}/remix`, { body: { prompt: 'x' } })).toEqual([
        409,
        'not_completed',
        null,
      ]);
    });
  });

  it('counts for operators what a token serves, and keeps it from being deleted', async () => {
    upstream.plans.push([1]);
    const { id } = await create();
    const { tokenId } = await reaches(id, 'in_progress');
    const token = await test.request('GET', `/admin/tokens/${tokenId ?? ''}`);
    expect(token.body).toMatchObject({ counters: { inFlight: 1 } });
    expect((await errorOf('DELETE', `/admin/tokens/${tokenId ?? ''}`)).slice(0, 2)).toEqual([
      409,
      'token_in_use',
    ]);
    await reaches(id, 'completed');
    expect((await test.request('DELETE', `/admin/tokens/${tokenId ?? ''}`)).status).toBe(204);
    expect(await errorOf('GET', `/v1/generations/${id}/assets/0`)).toEqual([409, 'token_gone', null]);
  });

  it('closes in good order with work under way', async () => {
    upstream.plans.push([1]);
    const [running, waiting] = [await create(), await create()];
    await reaches(running.id, 'in_progress');
    expect((await read(waiting.id)).status).toBe('queued');
    await test.app.close();
    expect(test.clock.pendingTimers).toBe(0);
    expect(test.logged.filter((line) => /came to a halt|failed/.test(line))).toEqual([]);
  });
});
