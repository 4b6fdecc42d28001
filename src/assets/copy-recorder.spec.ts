import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { GenerationFactory } from '../generations/generation.factory.js';
import { aRequest } from '../generations/testing/a-request.js';
import { CopiesWorld } from './testing/copies-world.js';

describe('CopyRecorder', () => {
  let world: CopiesWorld;
  beforeEach(async () => {
    world = await CopiesWorld.create();
  });
  afterEach(() => world.end());

  const generation = () => new GenerationFactory(world.clock).create(aRequest(), 'key_1');

  it('is concerned with completions only, and only while files are kept', () => {
    const concerns = () =>
      (['queued', 'completed', 'failed', 'cancelled'] as const).map((status) =>
        world.recorder.concerns(generation(), status),
      );
    expect(concerns()).toEqual([false, true, false, false]);
    world.settings.keep = false;
    expect(concerns()).toEqual([false, false, false, false]);
  });

  it('asks for a copy of each file, and for none when the completion is rolled back', async () => {
    const assets = ['video', 'thumbnail'].map((name) => ({ name, contentType: 'image/webp', bytes: 3 }));
    const completed = Object.assign(generation(), { assets });
    const undone = world.pool.transaction(async (manager) => {
      await world.recorder.record(manager, completed);
      throw new Error('rolled back');
    });
    await expect(undone).rejects.toThrow('rolled back');
    expect(await world.statusOf(completed.id)).toBeUndefined();
    await world.pool.transaction((manager) => world.recorder.record(manager, completed));
    const copies = await world.store.due(world.clock.now(), 10);
    expect(copies.map(({ position, bytes, contentType }) => [position, bytes, contentType])).toEqual([
      [0, 3, 'image/webp'],
      [1, 3, 'image/webp'],
    ]);
    await world.pool.transaction((manager) =>
      world.recorder.record(manager, Object.assign(generation(), { assets: [] })),
    );
  });
});
