import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';

describe('GenerationLeases', () => {
  let world: TestWorld;
  let engine: TestEngine;

  beforeEach(async () => {
    world = await TestWorld.create();
    await world.addToken(1);
    engine = await TestEngine.start(world);
  });
  afterEach(() => world.end());

  const inFlight = (): number => engine.balancer.inFlight('tok_0', 'video');

  it('takes the lease of what runs already, past the limit, and gives it back once', async () => {
    for (const id of ['a', 'b', 'c']) await engine.leases.adopt({ id, kind: 'video' }, 'tok_0');
    expect(inFlight()).toBe(3);
    await Promise.all([engine.leases.release('a'), engine.leases.release('a')]);
    await engine.leases.release('a');
    expect(inFlight()).toBe(2);
  });

  it('adopts also on a token that is gone: its work is not', async () => {
    await engine.leases.adopt({ id: 'a', kind: 'video' }, 'tok_9');
    expect(engine.balancer.inFlight('tok_9')).toBe(1);
    await engine.leases.release('a');
    expect(engine.balancer.inFlight('tok_9')).toBe(0);
  });

  it('has nothing to give back for what holds none', async () => {
    await expect(engine.leases.release('nobody')).resolves.toBeUndefined();
  });
});
