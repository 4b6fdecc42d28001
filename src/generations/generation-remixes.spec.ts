import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Generation } from './generation.entity.js';
import { TestEngine } from './testing/test-engine.js';
import { TestWorld } from './testing/test-world.js';

describe('GenerationRemixes', () => {
  let world: TestWorld;
  let engine: TestEngine;
  let tokenId: string;
  let source: Generation;

  beforeEach(async () => {
    world = await TestWorld.create();
    tokenId = await world.addToken(1);
    engine = await TestEngine.start(world);
    const { id } = await engine.create({ parameters: { seconds: '8' }, metadata: { a: '1' } });
    await engine.pass(10_000);
    source = await engine.read(id);
  });
  afterEach(() => world.end());

  const wanted = () => ({ id: source.id, prompt: 'at night', idempotencyKey: 'k' });

  it('asks for the same with another prompt, of the token that made the source', () => {
    expect(engine.remixes.requestFor(source, wanted())).toEqual({
      kind: 'video',
      model: 'sora-2',
      provider: 'acme',
      prompt: 'at night',
      parameters: { seconds: '8' },
      reference: null,
      metadata: {},
      idempotencyKey: 'k',
      remixOf: { id: source.id, tokenId },
      eventFormat: 'openai',
    });
  });

  it.each(['queued', 'submitting', 'in_progress', 'failed', 'cancelled'] as const)(
    'refuses a source that is %s',
    (status) => {
      expect(() => engine.remixes.requestFor({ ...source, status }, wanted())).toThrow(
        expect.objectContaining({
          code: 'not_completed',
          message: `${source.id} is ${status}; only a completed generation can be remixed.`,
        }),
      );
    },
  );

  it('refuses it where the provider cannot', async () => {
    const other = await TestEngine.start(world, { without: ['remix'] });
    expect(() => other.remixes.requestFor(source, wanted())).toThrow(
      expect.objectContaining({ code: 'not_supported', message: 'Provider "acme" cannot remix.' }),
    );
  });

  it('waits for its token, however many others are free', async () => {
    await world.addToken(5);
    await engine.cache.refresh();
    await engine.tokens.change(tokenId, () => ({ coolingUntil: world.clock.now() + 5_000 }));
    const { id } = await engine.create(engine.remixes.requestFor(source, wanted()));
    await engine.pass(4_000);
    expect(engine.store.live(id)).toMatchObject({ status: 'queued', tokenId });
    await engine.pass(20_000);
    expect(await engine.read(id)).toMatchObject({ status: 'completed', tokenId, remixOf: source.id });
  });

  it('comes back to its token after a refusal', async () => {
    world.upstream.submissions.push({ answer: { kind: 'rate_limited', retryAfterMs: 2_000 } });
    const { id } = await engine.create(engine.remixes.requestFor(source, wanted()));
    await engine.pass(1_000);
    expect(engine.store.live(id)).toMatchObject({ status: 'queued', tokenId, upstreamScope: null });
    await engine.pass(20_000);
    expect(await engine.read(id)).toMatchObject({ status: 'completed', tokenId, attempts: 2 });
  });
});
