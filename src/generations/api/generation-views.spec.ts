import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { StoredReference } from '../generation.entity.js';
import { TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';
import { generationSchema } from './generation.schemas.js';
import { GenerationViews } from './generation-views.js';

const VIEWER = { isAdmin: false, origin: 'https://penstock.example' };

describe('GenerationViews', () => {
  let world: TestWorld;
  let engine: TestEngine;
  let views: GenerationViews;

  beforeEach(async () => {
    world = await TestWorld.create();
    await world.addToken(1);
    engine = await TestEngine.start(world);
    views = new GenerationViews(engine.room, engine.observer, engine.scheduler);
  });
  afterEach(() => world.end());

  it('shows one that waits with its place', async () => {
    world.upstream.plans.push([1]);
    await engine.create();
    const shown = views.of(await engine.create({ metadata: { a: '1' } }), VIEWER);
    expect(generationSchema.parse(shown)).toEqual(shown);
    expect(shown).toMatchObject({ status: 'queued', position: 1, nextPollAt: null, startedAt: null });
    expect(shown).toMatchObject({ input: { prompt: 'a cat', seconds: '4' }, metadata: { a: '1' } });
    expect(shown).not.toHaveProperty('tokenId');
  });

  it('shows one that runs with its next poll and the polls so far', async () => {
    world.upstream.plans.push([10, 10, 10]);
    const { id } = await engine.create();
    await engine.pass(12_000);
    const shown = views.of(await engine.read(id), VIEWER);
    expect(generationSchema.parse(shown)).toEqual(shown);
    expect(shown).toMatchObject({ status: 'in_progress', progress: 10, position: null, polls: 2 });
    expect(Date.parse(shown.nextPollAt ?? '')).toBeGreaterThan(world.clock.now());
  });

  it('shows a completed one with the addresses of its files, and its token to admins', async () => {
    const { id } = await engine.create();
    await engine.pass(10_000);
    const shown = views.of(await engine.read(id), { ...VIEWER, isAdmin: true });
    expect(generationSchema.parse(shown)).toEqual(shown);
    expect(shown.assets).toEqual([
      {
        index: 0,
        name: 'video',
        contentType: 'video/mp4',
        bytes: 3,
        url: `https://penstock.example/v1/generations/${id}/assets/0`,
      },
    ]);
    expect(shown).toMatchObject({ tokenId: 'tok_0', error: null });
  });

  it.each([
    [{ type: 'url', url: 'https://a.test/b.png' }, { imageUrl: 'https://a.test/b.png' }],
    [{ type: 'upstream-file', fileId: 'file-1' }, { fileId: 'file-1' }],
    [
      { type: 'file', path: 'p', filename: 'a.png', contentType: 'image/png', bytes: 1, sha256: 'ab' },
      { filename: 'a.png', contentType: 'image/png', bytes: 1, sha256: 'ab' },
    ],
  ] satisfies [StoredReference, object][])(
    'shows the reference %j without its place',
    async (reference, shown) => {
      const generation = await engine.create();
      const input = { ...generation.input, reference };
      expect(views.of({ ...generation, input }, VIEWER).input).toMatchObject({ inputReference: shown });
      expect(views.of({ ...generation, input }, VIEWER).input['inputReference']).toEqual(shown);
    },
  );

  it('shows why one failed', async () => {
    world.upstream.submissions.push({ answer: { kind: 'content_policy' } });
    const { id } = await engine.create();
    await engine.pass(100);
    expect(views.of(await engine.read(id), VIEWER)).toMatchObject({
      status: 'failed',
      error: { code: 'content_policy', message: 'refused: content_policy' },
    });
  });
});
