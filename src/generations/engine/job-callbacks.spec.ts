import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Generation } from '../generation.entity.js';
import { TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';

const CALLED = 'https://penstock.test/hooks/acme/s3cret';

describe('JobCallbacks', () => {
  let world: TestWorld;
  let engine: TestEngine;

  beforeEach(async () => {
    world = await TestWorld.create();
    await world.addToken(5);
    await start();
  });
  afterEach(() => world.end());

  async function start(): Promise<void> {
    engine = await TestEngine.start(world);
    engine.callbacks.serve((provider) => (provider === 'acme' ? CALLED : null));
  }
  async function running(...plan: (number | 'completed')[]): Promise<Generation> {
    world.upstream.plans.push(plan);
    const { id } = await engine.create();
    await engine.settled();
    return engine.read(id);
  }
  const polls = async (id: string): Promise<number> => {
    const row = engine.store.live(id);
    return row === undefined ? (await engine.read(id)).polls : engine.observer.polls(row);
  };
  const call = async ({ upstreamId }: Generation, provider = 'acme'): Promise<void> => {
    engine.callbacks.received(provider, upstreamId ?? '');
    await engine.settled();
  };

  it('hands the provider where to call, where there is somebody to call', async () => {
    await running(10);
    engine.callbacks.serve(() => null);
    await running(10);
    expect(world.upstream.callbackUrls).toEqual([CALLED, undefined]);
  });

  it('has the job polled at once, and believes the poll only', async () => {
    const generation = await running(10, 'completed');
    await call(generation);
    expect(engine.store.live(generation.id)).toMatchObject({ status: 'in_progress', progress: 10, polls: 1 });
    await engine.pass(200);
    await call(generation);
    expect(await engine.read(generation.id)).toMatchObject({ status: 'completed', polls: 2 });
  });

  it('has nothing polled for a job that is another provider’s, unknown, or over', async () => {
    const generation = await running(10, 'completed');
    await call(generation, 'other');
    engine.callbacks.received('acme', 'unknown');
    await engine.settled();
    expect(await polls(generation.id)).toBe(0);
    await engine.pass(12_000);
    expect((await engine.read(generation.id)).status).toBe('completed');
    const before = await polls(generation.id);
    await call(generation);
    await engine.pass(5_000);
    expect(await polls(generation.id)).toBe(before);
  });

  it('keeps one that overtakes the answer to the submission', async () => {
    const first = await running(10);
    const next = (first.upstreamId ?? '').replace(/\d+$/, (digits) => String(Number(digits) + 1));
    engine.callbacks.received('acme', next);
    const second = await running('completed');
    expect(second.upstreamId).toBe(next);
    await engine.pass(250);
    expect(await engine.read(second.id)).toMatchObject({ status: 'completed', polls: 1 });
  });

  it('does not keep it for ever', async () => {
    const first = await running(10);
    const next = (first.upstreamId ?? '').replace(/\d+$/, (digits) => String(Number(digits) + 1));
    engine.callbacks.received('acme', next);
    await engine.pass(60_000, 5_000);
    const second = await running('completed');
    expect(second.upstreamId).toBe(next);
    await engine.pass(250);
    expect((await engine.read(second.id)).status).toBe('in_progress');
  });

  it('forgets a job a while after its end, and takes what comes then for one that is not known yet', async () => {
    const called: string[] = [];
    engine.scheduler.called = (id) => void called.push(id);
    const ended = { id: 'g1', provider: 'acme', upstreamId: 'j1', status: 'completed' } as const;
    engine.callbacks.known(ended);
    engine.callbacks.changed(ended);
    await engine.pass(59_000, 1_000);
    engine.callbacks.received('acme', 'j1');
    expect(called).toEqual(['g1']);
    await engine.pass(1_000);
    engine.callbacks.received('acme', 'j1');
    expect(called).toEqual(['g1']);
    engine.callbacks.known({ ...ended, id: 'g2' });
    expect(called).toEqual(['g1', 'g2']);
  });

  it('knows the jobs that were taken up after a kill', async () => {
    const generation = await running(10, 'completed');
    engine.kill();
    await start();
    await engine.pass(600);
    const before = await polls(generation.id);
    await call(generation);
    expect(await polls(generation.id)).toBe(before + 1);
  });
});
