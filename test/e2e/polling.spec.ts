import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';

import { ApiClient, type Answer, type Json } from '../support/api-client.js';
import { QUICK, stage } from '../support/stage.js';

/** What the gateway of the tests calls its strategy, which it gives as an object. */
const STRATEGY = 'PredictiveStrategy';
const PREDICTIVE = { TEST_POLLING: 'predictive' };
const UPSTREAM = { credentials: [{ secret: 'sk-one' }], behaviour: QUICK };

const entriesOf = (body: Json): readonly Json[] => body['data'] as readonly Json[];

/** Stored numbers are rounded, and quantiles with them. */
function withoutQuantiles(model: Json): object {
  return Object.fromEntries(Object.entries(model).filter(([name]) => name !== 'quantilesMs'));
}

describe('what polling has learned', () => {
  it('is shown to operators only, and survives a restart', async () => {
    const on = await stage(UPSTREAM, PREDICTIVE);
    const models = () => on.api.request('GET', '/admin/polling/models');
    expect((await models()).body).toEqual({ strategy: STRATEGY, data: [] });

    const input = { prompt: 'a lighthouse', seconds: '4', size: '1280x720' };
    const generations = await Promise.all(
      ['a', 'b', 'c'].map((prompt) => on.api.generate(prompt, { input })),
    );
    for (const { id } of generations) await on.api.end(id);
    const learned = await models();
    const key = { kind: 'video', provider: 'openai-videos', model: 'sora-2', jobs: 3 };
    expect(learned.body).toMatchObject({
      strategy: STRATEGY,
      data: [
        { ...key, model: null, size: null, duration: null },
        { ...key, size: null, duration: null },
        { ...key, size: '1280x720', duration: '4' },
      ],
    });

    await on.restart('SIGTERM');
    const restored = await models();
    const told = ({ body }: Answer) => new Set(entriesOf(body).map(withoutQuantiles));
    expect(told(restored)).toEqual(told(learned));

    const reader = new ApiClient(on.api.url, await on.api.addKey('reader', ['read', 'generate']));
    expect((await reader.request('GET', '/admin/polling/models')).status).toBe(403);
  });
});

describe('the polls of a generation', () => {
  it('are listed to operators with why each was when, until a restart', async () => {
    const on = await stage(UPSTREAM, PREDICTIVE);
    const { id } = await on.api.generate('a lighthouse');
    await on.api.end(id);
    const polls = () => on.api.request('GET', `/admin/generations/${id}/polls`);
    // The client learns of the end just before the poll that found it is over.
    await expect.poll(async () => (await polls()).body['nextPollAt']).toBeNull();
    const { body } = await polls();
    const data = entriesOf(body);
    expect(body).toMatchObject({ id, status: 'completed', nextPollAt: null, total: data.length });
    expect(data[data.length - 1]).toMatchObject({ outcome: 'completed', heldBy: null, progress: null });
    expect(['first', 'plan']).toContain(data[0]?.['reason']);
    for (const { plannedAt, startedAt, endedAt } of data) {
      expect(String(plannedAt) <= String(startedAt) && String(startedAt) <= String(endedAt)).toBe(true);
    }
    const metrics = await on.api.request('GET', '/metrics');
    expect(metrics.body).toMatch(/penstock_generation_polls_count\{provider="openai-videos"\} 1/);
    expect(metrics.body).toMatch(
      /penstock_generation_detection_delay_seconds_count\{provider="openai-videos"\} 1/,
    );

    const reader = new ApiClient(on.api.url, await on.api.addKey('reader', ['read', 'generate']));
    expect((await reader.request('GET', `/admin/generations/${id}/polls`)).status).toBe(403);
    const unknown = await on.api.request('GET', '/admin/generations/gen_none/polls');
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'generation_not_found' } } });

    await on.restart('SIGTERM');
    expect((await polls()).body).toMatchObject({ id, status: 'completed', total: 0, data: [] });
  });
});

describe('the hint for clients', () => {
  it('comes with every answer about an unfinished generation, and brings a client that obeys to its end', async () => {
    const on = await stage(UPSTREAM, PREDICTIVE);
    const client = new OpenAI({ baseURL: `${on.api.url}/v1`, apiKey: on.api.key, maxRetries: 0 });
    const created = await client.videos.create({ model: 'sora-2', prompt: 'a cat' }).withResponse();
    let { response } = created;
    let video = created.data;
    let questions = 0;
    while (video.status === 'queued' || video.status === 'in_progress') {
      const pollAfterMs = Number(response.headers.get('openai-poll-after-ms'));
      expect(pollAfterMs).toBeGreaterThanOrEqual(250);
      expect(pollAfterMs).toBeLessThanOrEqual(60_250);
      const seconds = response.headers.get('retry-after');
      expect(seconds).toBe(String(Math.ceil(pollAfterMs / 1_000)));
      await new Promise((resolve) => setTimeout(resolve, pollAfterMs));
      ({ response, data: video } = await client.videos.retrieve(video.id).withResponse());
      questions += 1;
    }
    expect(video.status).toBe('completed');
    expect(response.headers.has('openai-poll-after-ms') || response.headers.has('retry-after')).toBe(false);
    expect(questions).toBeLessThan(20);

    const { headers, body } = await on.api.request('POST', '/v1/generations', {
      model: 'sora-2',
      input: { prompt: 'a dog' },
    });
    expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    const answer = await on.api.request('GET', `/v1/generations/${String(body['id'])}`);
    const isFinished = String(answer.body['status']) === 'completed';
    expect(answer.headers.has('openai-poll-after-ms')).toBe(!isFinished);
  });
});
