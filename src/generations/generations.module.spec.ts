import { setTimeout as pause } from 'node:timers/promises';

import { EventEmitter2 } from '@nestjs/event-emitter';
import { Balancer } from 'penstock/balancer';
import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { TestApp } from '../../test/support/start-app.js';
import { generationPageSchema, generationSchema } from './api/generation.schemas.js';
import { GENERATION_CHANGED } from './generation-events.js';
import { FakeUpstream } from './testing/fake-upstream.js';
import { startGenerationsApp } from './testing/generations-app.js';
import { BODY, GenerationsClient } from './testing/generations-client.js';

describe('generations over HTTP', () => {
  let test: TestApp;
  let upstream: FakeUpstream;
  let client: GenerationsClient;

  beforeEach(async () => {
    upstream = new FakeUpstream(new ManualClock());
    test = await startGenerationsApp(upstream);
    client = new GenerationsClient(test);
    await client.addToken();
  });
  afterEach(async () => {
    await test.close();
  });

  it('makes one, from the request to its file', async () => {
    upstream.plans.push([30]);
    const asked = await test.request('POST', '/v1/generations', { body: BODY });
    const { id } = generationSchema.parse(asked.body);
    expect([asked.status, asked.headers['location']]).toEqual([202, `/v1/generations/${id}`]);
    const done = await client.reaches(id, 'completed');
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
    expect(await client.errorOf('GET', `/v1/generations/${id}/assets/1`)).toEqual([
      404,
      'asset_not_found',
      null,
    ]);
    expect((await test.request('GET', `/v1/generations/${id}/assets/x`)).status).toBe(400);
  });

  it('waits for the end when it is asked to', async () => {
    const { id } = await client.create();
    const waiting = test.request('GET', `/v1/generations/${id}?wait=60`);
    await client.reaches(id, 'completed');
    expect((await waiting).body).toMatchObject({ id, status: 'completed' });
    for (const wait of ['61', '-1', 'long', '1.5'])
      expect((await client.errorOf('GET', `/v1/generations/${id}?wait=${wait}`))[0]).toBe(400);
  });

  it('shows the place in the queue, and says when the queue is full', async () => {
    upstream.plans.push([1]);
    const made = [await client.create(), await client.create(), await client.create()];
    const positions = async () =>
      (await Promise.all(made.map(({ id }) => client.read(id)))).map((g) => g.position);
    await expect.poll(positions).toEqual([null, 1, 2]);
    expect((await client.errorOf('POST', '/v1/generations', { body: BODY })).slice(0, 2)).toEqual([
      429,
      'queue_full',
    ]);
  });

  it('cancels, and forgets what is over', async () => {
    upstream.plans.push([1]);
    const { id } = await client.create();
    expect(await client.errorOf('DELETE', `/v1/generations/${id}`)).toEqual([409, 'not_finished', null]);
    await client.reaches(id, 'in_progress');
    const cancelled = await test.request('POST', `/v1/generations/${id}/cancel`);
    expect([cancelled.status, cancelled.body]).toMatchObject([200, { id, status: 'cancelled' }]);
    expect(upstream.jobs).toMatchObject([{ end: 'cancelled' }]);
    expect((await test.request('DELETE', `/v1/generations/${id}`)).status).toBe(204);
    expect(await client.errorOf('GET', `/v1/generations/${id}`)).toEqual([404, 'generation_not_found', null]);
    expect(test.app.get(Balancer).stats().inFlight).toBe(0);
  });

  it('lists page by page, by what is asked', async () => {
    const made: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const { id } = await client.create();
      made.push((await client.reaches(id, 'completed')).id);
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
    const { id } = await client.create();
    const following = test.request('GET', `/v1/generations/${id}/events`);
    await pause(20);
    await client.reaches(id, 'completed');
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
    const { id } = await client.create();
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
    expect(await client.errorOf('POST', '/v1/generations', { body })).toEqual(expected);
    expect(upstream.calls).toEqual([]);
  });

  it('is there for those with a key only', async () => {
    expect((await test.request('GET', '/v1/generations', { authorization: null })).status).toBe(401);
  });

  it('counts for operators what a token serves, and keeps it from being deleted', async () => {
    upstream.plans.push([1]);
    const { id } = await client.create();
    const { tokenId } = await client.reaches(id, 'in_progress');
    const token = await test.request('GET', `/admin/tokens/${tokenId ?? ''}`);
    expect(token.body).toMatchObject({ counters: { inFlight: 1 } });
    expect((await client.errorOf('DELETE', `/admin/tokens/${tokenId ?? ''}`)).slice(0, 2)).toEqual([
      409,
      'token_in_use',
    ]);
    await client.reaches(id, 'completed');
    expect((await test.request('DELETE', `/admin/tokens/${tokenId ?? ''}`)).status).toBe(204);
    expect(await client.errorOf('GET', `/v1/generations/${id}/assets/0`)).toEqual([409, 'token_gone', null]);
  });

  it('closes in good order with work under way', async () => {
    upstream.plans.push([1]);
    const [running, waiting] = [await client.create(), await client.create()];
    await client.reaches(running.id, 'in_progress');
    expect((await client.read(waiting.id)).status).toBe('queued');
    await test.app.close();
    expect(test.clock.pendingTimers).toBe(0);
    expect(test.logged.filter((line) => /came to a halt|failed/.test(line))).toEqual([]);
  });
});
