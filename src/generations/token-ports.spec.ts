import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { TestEngine } from './testing/test-engine.js';
import { TestWorld } from './testing/test-world.js';
import { LeasedGenerations, TokenDependents } from './token-ports.js';

describe('what tokens want to know of generations', () => {
  let world: TestWorld;
  let engine: TestEngine;

  beforeEach(async () => {
    world = await TestWorld.create();
    await world.addToken(1);
    engine = await TestEngine.start(world);
  });
  afterEach(() => world.end());

  it('is what they serve now, and what would be orphaned without them', async () => {
    const inFlight = new LeasedGenerations(engine.balancer);
    const dependents = new TokenDependents(engine.store);
    world.upstream.plans.push([1]);
    await engine.create();
    const { id } = await engine.create();
    await engine.pass(100);
    expect([inFlight.inFlight('tok_0'), await dependents.unfinishedGenerations('tok_0')]).toEqual([1, 1]);
    await engine.store.change(id, { tokenId: 'tok_0', remixOf: 'video_1' }, { from: ['queued'] });
    expect(await dependents.unfinishedGenerations('tok_0')).toBe(2);
    expect([inFlight.inFlight('tok_9'), await dependents.unfinishedGenerations('tok_9')]).toEqual([0, 0]);
  });
});
