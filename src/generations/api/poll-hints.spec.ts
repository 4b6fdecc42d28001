import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Generation } from '../generation.entity.js';
import { OWNER, TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';
import { PollHints } from './poll-hints.js';

describe('PollHints', () => {
  let world: TestWorld;
  let engine: TestEngine;
  let hints: PollHints;

  beforeEach(async () => {
    world = await TestWorld.create();
    await world.addToken(1);
    engine = await TestEngine.start(world);
    hints = new PollHints(engine.scheduler, world.clock);
  });
  afterEach(() => world.end());

  const headersOf = (generation: Generation): object => {
    const sent = {};
    hints.send(generation, { headers: (headers) => Object.assign(sent, headers) as never });
    return sent;
  };

  it('names a moment just after the next poll of the upstream', async () => {
    world.upstream.plans.push([10, 10]);
    const { id } = await engine.create();
    await engine.settled();
    expect(headersOf(await engine.read(id))).toEqual({ 'retry-after': '6', 'openai-poll-after-ms': '5250' });
    await engine.pass(3_000);
    expect(headersOf(await engine.read(id))).toEqual({ 'retry-after': '3', 'openai-poll-after-ms': '2250' });
  });

  it('lets a client that obeys see the end at its first question after the poll that saw it', async () => {
    world.upstream.plans.push([10]);
    const { id } = await engine.create();
    await engine.settled();
    for (let question = 0; question < 2; question += 1) {
      await engine.pass(hints.pollAfterMs(await engine.read(id)) ?? 0);
    }
    expect(await engine.read(id)).toMatchObject({ status: 'completed', polls: 2 });
  });

  it('asks for whole seconds, one at least, while a poll is under way', async () => {
    world.upstream.plans.push(['silence']);
    const { id } = await engine.create();
    await engine.pass(6_000);
    expect(headersOf(await engine.read(id))).toEqual({ 'retry-after': '1', 'openai-poll-after-ms': '250' });
  });

  it('has an answer for what waits for a token, and none for what is finished', async () => {
    world.upstream.plans.push([10, 10, 10]);
    const running = await engine.create();
    const waiting = await engine.create();
    await engine.settled();
    expect(headersOf(await engine.read(waiting.id))).toEqual({
      'retry-after': '2',
      'openai-poll-after-ms': '2000',
    });
    await engine.passUntil(engine.generations.cancel(running.id, OWNER));
    expect(headersOf(await engine.read(running.id))).toEqual({});
  });
});
