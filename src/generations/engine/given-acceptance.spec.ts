import { setImmediate } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { snapshot } from '../testing/fake-upstream.js';
import { TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';

const PNG = Buffer.from('png');

describe('a job that is given with its files', () => {
  let world: TestWorld;
  let engine: TestEngine;
  beforeEach(async () => {
    world = await TestWorld.create();
    await world.addToken(1);
    engine = await TestEngine.start(world, { without: ['reconcile'] });
  });
  afterEach(() => world.end());

  const asked = async (): Promise<string> => {
    world.upstream.submissions.push({ answer: 'given' });
    return (await engine.create()).id;
  };
  const unanswered = async (): Promise<string> => {
    world.upstream.submissions.push({ answer: 'silence' });
    const { id } = await engine.create();
    await engine.settled();
    return id;
  };
  const accept = (id: string, content: readonly Uint8Array[], status: 'completed' | 'queued' = 'completed') =>
    engine.passUntil(engine.acceptance.accept(id, { jobId: 'job-7', snapshot: snapshot(status), content }));

  it('is completed at once, is not polled, and gives its token back', async () => {
    const id = await asked();
    await engine.settled();
    expect(await engine.read(id)).toMatchObject({
      status: 'completed',
      progress: 100,
      upstreamId: 'job-1',
      polls: 0,
      assets: snapshot('completed').assets,
    });
    expect([...world.shelf.files]).toEqual([[`${id}/0`, 'png']]);
    expect(world.upstream.count('poll')).toBe(0);
    expect([engine.scheduler.stats().tracked, engine.balancer.stats().inFlight]).toEqual([0, 0]);
  });

  it('is completed only once its files are kept', async () => {
    world.shelf.failures = 2;
    const id = await asked();
    await engine.pass(1_000);
    expect(engine.store.live(id)?.status).toBe('submitting');
    await engine.pass(3_000);
    expect([(await engine.read(id)).status, world.shelf.files.size]).toEqual(['completed', 1]);
  });

  it('says that it was made but lost when nothing keeps it, and asks for no second one', async () => {
    world.shelf.failures = Infinity;
    const id = await asked();
    await engine.pass(15_000);
    expect(await engine.read(id)).toMatchObject({ status: 'failed', errorCode: 'result_not_kept' });
    expect(world.upstream.count('submit')).toBe(1);
  });

  it('is not forgotten when the database is full', async () => {
    const id = await unanswered();
    engine.pool.refusals = 4;
    expect(await accept(id, [PNG])).toBe(true);
    expect((await engine.read(id)).status).toBe('completed');
  });

  it('is dropped for a client that cancelled meanwhile', async () => {
    const id = await unanswered();
    await engine.store.change(id, { cancelRequested: true }, { from: ['submitting'] });
    expect(await accept(id, [PNG])).toBe(true);
    expect([(await engine.read(id)).status, world.shelf.files.size]).toEqual(['cancelled', 0]);
  });

  it.each<[string, readonly Uint8Array[], 'completed' | 'queued']>([
    ['no file', [], 'completed'],
    ['an empty file', [Buffer.alloc(0)], 'completed'],
    ['more files than it tells', [PNG, PNG], 'completed'],
    ['a file of a job that waits', [PNG], 'queued'],
  ])('is not taken with %s', async (_, content, status) => {
    const id = await unanswered();
    expect(await accept(id, content, status)).toBe(false);
    expect(engine.store.live(id)).toMatchObject({ status: 'submitting', upstreamId: null });
  });

  it('is not taken when another generation has it', async () => {
    const first = await unanswered();
    await accept(first, [PNG]);
    const second = await unanswered();
    expect(await accept(second, [PNG])).toBe(false);
    expect(engine.store.live(second)).toMatchObject({ status: 'submitting', upstreamId: null });
  });

  const restarted = async (): Promise<void> => {
    engine.kill();
    engine = await TestEngine.start(world, { without: ['reconcile'] });
    await engine.pass(8_000);
  };
  const UNKNOWN = { status: 'failed', errorCode: 'submission_unknown', attempts: 1 };

  it('ends as unknown when the process is killed while a file is written', async () => {
    world.shelf.delayMs = 1_000;
    const id = await asked();
    await engine.pass(500);
    await restarted();
    expect(await engine.read(id)).toMatchObject(UNKNOWN);
    expect([world.shelf.files.size, world.upstream.count('submit')]).toEqual([0, 1]);
  });

  it('ends as unknown when the process is killed between the file and its claim', async () => {
    world.shelf.onKept = () => {
      engine.kill();
    };
    const id = await asked();
    await engine.settled();
    await restarted();
    expect(await engine.read(id)).toMatchObject({ ...UNKNOWN, upstreamId: null });
    expect([world.shelf.files.size, world.upstream.count('submit')]).toEqual([1, 1]);
  });

  it('is never asked for twice, wherever the process is killed', async () => {
    for (let turns = 0; turns < 30; turns += 1) {
      world.upstream.submissions.push({ answer: 'given' });
      const { id, input } = await engine.create({ prompt: `killed after ${String(turns)}` });
      for (let turn = 0; turn < turns; turn += 1) await setImmediate();
      await restarted();
      const { status, errorCode, attempts } = await engine.read(id);
      expect(['completed', 'submission_unknown']).toContain(errorCode ?? status);
      if (status === 'completed') expect(world.shelf.files.has(`${id}/0`)).toBe(true);
      const sent = world.upstream.calls.filter((call) => call === `submit ${input.prompt}`);
      expect([attempts, sent.length <= 1]).toEqual([1, true]);
    }
  });
});
