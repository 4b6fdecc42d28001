import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { GenerationFactory } from './generation.factory.js';
import { aRequest } from './testing/a-request.js';

describe('GenerationFactory', () => {
  const clock = new ManualClock();
  const factory = new GenerationFactory(clock);

  it('makes a generation at the begin of its life', () => {
    const made = factory.create(aRequest({ idempotencyKey: 'k', metadata: { a: '1' } }), 'key_1');
    expect(made).toMatchObject({
      kind: 'video',
      status: 'queued',
      progress: 0,
      provider: null,
      tokenId: null,
      attempts: 0,
      polls: 0,
      revision: 1,
      ownerId: 'key_1',
      idempotencyKey: 'k',
      metadata: { a: '1' },
      input: { prompt: 'a cat', parameters: { seconds: '4' }, reference: null },
      createdAt: clock.now(),
      cancelRequested: false,
    });
  });

  it('names it after its kind, and never twice the same', () => {
    const ids = Array.from({ length: 100 }, () => factory.create(aRequest({ kind: 'image' }), 'k').id);
    for (const id of ids) expect(id).toMatch(/^image_[\da-f]{32}$/);
    expect(new Set(ids).size).toBe(100);
  });

  it('binds a remix to its source and token', () => {
    const remix = factory.create(aRequest({ remixOf: { id: 'video_1', tokenId: 'tok_1' } }), 'k');
    expect(remix).toMatchObject({ remixOf: 'video_1', tokenId: 'tok_1' });
    expect(remix.requestHash).not.toBe(factory.create(aRequest(), 'k').requestHash);
  });

  it('adds what the operator adds, without making it another request', () => {
    const added = factory.create(aRequest({ added: { watermark: 'true', seconds: '8' } }), 'k');
    expect(added.input.parameters).toEqual({ watermark: 'true', seconds: '4' });
    expect(added.requestHash).toBe(factory.create(aRequest(), 'k').requestHash);
  });

  it('gives equal requests the same hash, whoever asks', () => {
    const one = factory.create(aRequest({ idempotencyKey: 'a' }), 'key_1');
    const two = factory.create(aRequest({ idempotencyKey: 'b' }), 'key_2');
    expect(one.requestHash).toBe(two.requestHash);
  });
});
