import type { LostAttempt, SubmitRequest } from 'penstock/plugin-api';
import { createTestContext, ScriptedUpstream } from 'penstock/plugin-api/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { OpenAiVideosProvider } from './openai-videos.provider.js';

let upstream: ScriptedUpstream;

const provider = new OpenAiVideosProvider();
const request: SubmitRequest = {
  kind: 'video',
  model: 'sora-2',
  prompt: 'a cat',
  parameters: { size: '1280x720', seconds: '8' },
  inputReference: null,
  attemptId: 'attempt-7',
};

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
});
afterEach(() => {
  upstream.reset();
});
afterAll(() => upstream.close());

const context = () => createTestContext({ baseUrl: upstream.base, secret: 'sk-test' });

/** Serves a list of videos page by page, newest first, as the upstream does. */
const serve = (videos: readonly { readonly id: string }[], pageSize = 2): void => {
  upstream.on('GET /videos', ({ query }) => {
    const begin = videos.findIndex(({ id }) => id === query.get('after')) + 1;
    const data = videos.slice(begin, begin + pageSize).map((item) => ({ ...item }));
    const hasMore = begin + pageSize < videos.length;
    return { json: { object: 'list', data, last_id: data.at(-1)?.id ?? null, has_more: hasMore } };
  });
};

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `video_${index}`,
    status: 'in_progress',
    progress: index,
  }));

describe('pollMany', () => {
  const ask = (...jobIds: string[]) =>
    provider.pollMany(
      jobIds.map((jobId) => ({ jobId, kind: 'video', model: 'sora-2' })),
      context(),
    );

  it('reads pages until all were seen', async () => {
    serve(numbered(10));
    const snapshots = await ask('video_3', 'video_1');

    expect([...snapshots].map(([id, { progress }]) => [id, progress])).toEqual([
      ['video_1', 1],
      ['video_3', 3],
    ]);
    expect(upstream.requests.map(({ query }) => Object.fromEntries(query))).toEqual([
      { limit: '100', order: 'desc' },
      { limit: '100', order: 'desc', after: 'video_1' },
    ]);
  });

  it('stops after five pages', async () => {
    serve(numbered(100));

    expect(await ask('video_99')).toEqual(new Map());
    expect(upstream.requests).toHaveLength(5);
  });

  it('stops when a page leads to itself, or begins after a video that is gone', async () => {
    upstream.on('GET /videos', { json: { data: [{ id: 'a' }], last_id: 'a', has_more: true } });
    expect(await ask('b')).toEqual(new Map());
    expect(upstream.requests).toHaveLength(2);
    upstream.reset();
    upstream.on(
      'GET /videos',
      { json: { data: [{ id: 'b' }], last_id: 'a', has_more: true } },
      { status: 404, json: { error: { message: 'No such video.' } } },
    );

    expect([...(await ask('b', 'c')).keys()]).toEqual(['b']);
  });

  it('is transient when there is no list', async () => {
    upstream.on('GET /videos', { json: { videos: [] } });

    await expect(ask('video_1')).rejects.toMatchObject({ code: 'transient' });
  });
});

describe('reconcile', () => {
  const startedAt = 1_700_000_000_000;
  const lost = (fields: Partial<LostAttempt> = {}): LostAttempt => ({
    ...request,
    startedAt,
    remixOf: null,
    isClaimed: () => Promise.resolve(false),
    ...fields,
  });
  const made = (id: string, afterSeconds: number, more: Record<string, string> = {}) => ({
    id,
    status: 'in_progress',
    model: 'sora-2',
    prompt: 'a cat',
    size: '1280x720',
    seconds: '8',
    created_at: startedAt / 1000 + afterSeconds,
    ...more,
  });
  const outcomeOf = async (attempt: LostAttempt) => {
    const result = await provider.reconcile(attempt, context());
    return result.outcome === 'found' ? result.job.jobId : result.outcome;
  };

  it('finds the oldest match that nobody claims', async () => {
    serve([
      made('newest', 30),
      made('other', 20, { prompt: 'a dog' }),
      made('middle', 10),
      made('oldest', 1),
    ]);
    const claimed = new Set(['oldest']);

    expect(await outcomeOf(lost())).toBe('oldest');
    expect(await outcomeOf(lost({ isClaimed: (id) => Promise.resolve(claimed.has(id)) }))).toBe('middle');
    expect(await outcomeOf(lost({ isClaimed: () => Promise.resolve(true) }))).toBe('unknown');
  });

  it('reads no further than the time of the attempt', async () => {
    serve([made('match', 1), made('old', -400), ...numbered(20)]);

    expect(await outcomeOf(lost())).toBe('match');
    expect(upstream.requests).toHaveLength(1);
  });

  it('never says that there is nothing', async () => {
    serve([]);

    expect(await outcomeOf(lost())).toBe('unknown');
  });

  it('finds a remix by its source', async () => {
    serve([made('plain', 2), made('remix', 1, { remixed_from_video_id: 'video_0' })]);

    expect(await outcomeOf(lost({ remixOf: 'video_0', parameters: {} }))).toBe('remix');
    expect(await outcomeOf(lost())).toBe('plain');
  });
});
