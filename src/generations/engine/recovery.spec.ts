import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import type { Priority } from 'penstock/balancer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Token } from '../../tokens/token.entity.js';
import { aRequest } from '../testing/a-request.js';
import { OWNER, TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';

describe('Recovery', () => {
  let world: TestWorld;
  let engine: TestEngine;
  let tokenId: string;

  beforeEach(async () => {
    world = await TestWorld.create();
    tokenId = await world.addToken(1);
    engine = await TestEngine.start(world);
  });
  afterEach(() => world.end());

  const killed = async (): Promise<void> => {
    engine.kill();
    engine = await TestEngine.start(world);
  };

  it('takes leases before anything new, past the limit, and queues the rest in the old order', async () => {
    world.upstream.plans.push([1, 1, 1]);
    const created = [];
    for (let n = 0; n < 3; n += 1) {
      created.push(await engine.create({ prompt: `n${n}` }));
      await engine.pass(10, 10);
    }
    await killed();
    expect(engine.balancer.inFlight(tokenId)).toBe(1);
    expect(created.map(({ id }) => engine.room.position(id))).toEqual([null, 1, 2]);
    await engine.pass(60_000, 500);
    const rows = await world.rows();
    expect(rows.map(({ status, attempts }) => [status, attempts])).toEqual(
      created.map(() => ['completed', 1]),
    );
    expect(world.upstream.jobs.map(({ prompt }) => prompt)).toEqual(['n0', 'n1', 'n2']);
  });

  it('gives those that wait back their turns, by priority and by when they asked', async () => {
    world.upstream.plans.push([1, 1, 1]);
    const any = { ...OWNER, priority: { default: 'normal', max: 'high' } } as const;
    const create = async (priority: Priority) =>
      (await engine.creation.create(aRequest({ priority }), any)).generation.id;
    await engine.create();
    const early = await create('low');
    await engine.pass(1_000, 100);
    const [low, high] = [await create('low'), await create('high')];
    const positions = () => [early, low, high].map((id) => engine.room.position(id));
    const before = { headStart: 400, expected: [1, 3, 2] };
    engine.queue.configure({ priorityHeadStartMs: before.headStart });
    expect(positions()).toEqual(before.expected);
    await killed();
    expect(positions()).toEqual([2, 3, 1]);
    engine.queue.configure({ priorityHeadStartMs: before.headStart });
    expect(positions()).toEqual(before.expected);
    expect(await create('normal')).toMatch(/^video_/);
    expect(positions()).toEqual([1, 4, 2]);
  });

  it('gives tokens that are free meanwhile to those whose turn is first, not to the oldest', async () => {
    world.upstream.plans.push([1, 1]);
    const any = { ...OWNER, priority: { default: 'low', max: 'high' } } as const;
    await engine.create();
    const [low, high] = [
      await engine.creation.create(aRequest({ priority: 'low' }), any),
      await engine.creation.create(aRequest({ priority: 'high' }), any),
    ];
    engine.kill();
    await world.source.getRepository(Token).update(tokenId, { limits: { video: 2 } });
    engine = await TestEngine.start(world);
    const positions = [low, high].map(({ generation: { id } }) => engine.room.position(id));
    expect(positions).toEqual([1, null]);
  });

  it('keeps the order of those that came within the same millisecond', async () => {
    world.upstream.plans.push([1, 1, 1]);
    await engine.create();
    const ids: string[] = [];
    for (let n = 0; n < 8; n += 1) ids.push((await engine.create()).id);
    const rows = await world.rows();
    expect(new Set(rows.map(({ createdAt }) => createdAt)).size).toBe(1);
    await killed();
    expect(ids.map((id) => engine.room.position(id))).toEqual(ids.map((_, index) => index + 1));
  });

  it('finds the job of a submission whose answer no process was there to hear', async () => {
    world.upstream.submissions.push({ answer: 'job', delayMs: 300 });
    const { id } = await engine.create();
    await engine.settled();
    await killed();
    expect(engine.store.live(id)).toMatchObject({ status: 'submitting', tokenId });
    await engine.pass(10_000);
    expect(await engine.read(id)).toMatchObject({ status: 'completed', attempts: 1 });
    expect(world.upstream.jobs).toHaveLength(1);
  });

  it.each([
    [1, 500],
    [2_000, 500],
    [8_000, 2_000],
    [1_000_000, 10_000],
  ])('spreads the first polls of %d that are taken up over %d ms', async (among, spreadMs) => {
    const { id } = await engine.create();
    await engine.settled();
    const running = engine.store.live(id);
    if (running === undefined) throw new Error(`${id} is not in flight.`);
    const delays = Array.from({ length: 200 }, () => {
      engine.dispatcher.resume(running, among);
      return (engine.scheduler.nextPollAt(id) ?? 0) - world.clock.now();
    });
    expect(Math.max(...delays)).toBeLessThanOrEqual(spreadMs);
    expect(Math.max(...delays)).toBeGreaterThan(0.9 * spreadMs);
    expect(Math.min(...delays)).toBeLessThan(0.1 * spreadMs);
  });

  it('spreads the first polls, and gives at least a minute to what is past its deadline', async () => {
    world.upstream.plans.push([1, 2, 3, 4]);
    const { id } = await engine.create();
    await engine.pass(100);
    engine.kill();
    await world.clock.advance(24 * 3_600_000);
    engine = await TestEngine.start(world);
    const next = engine.scheduler.nextPollAt(id) ?? 0;
    expect(next - world.clock.now()).toBeGreaterThanOrEqual(0);
    expect(next - world.clock.now()).toBeLessThanOrEqual(500);
    await engine.pass(40_000);
    expect(await engine.read(id)).toMatchObject({ status: 'completed' });
  });

  it('ends what was to be cancelled', async () => {
    world.upstream.plans.push([1, 1]);
    const [running, waiting] = [await engine.create(), await engine.create()];
    await engine.pass(100);
    engine.kill();
    for (const { id } of [running, waiting]) {
      await world.source.query('UPDATE generations SET cancel_requested = 1 WHERE id = ?', [id]);
    }
    engine = await TestEngine.start(world);
    await engine.pass(100);
    expect((await world.rows()).map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
    expect(engine.balancer.stats().inFlight).toBe(0);
  });

  it('removes files that no unfinished generation names', async () => {
    world.upstream.plans.push([1, 1, 1]);
    const file = { filename: 'a.png', contentType: 'image/png' };
    const reference = await engine.files.save(Readable.from([Buffer.from('png')]), file);
    await engine.create({ reference });
    const folder = join(world.dataDir, 'inputs');
    await writeFile(join(folder, 'left-over'), 'x');
    await killed();
    expect(await readdir(folder)).toEqual([reference.type === 'file' ? reference.path : '']);
  });

  it('waits with what no token can serve any more, until the timeout', async () => {
    const { id } = await engine.create();
    await engine.tokens.change(tokenId, () => ({ enabled: false, disabledReason: 'off' }));
    world.upstream.plans.push([1]);
    await killed();
    await engine.pass(200_000, 5_000);
    expect(await engine.read(id)).toMatchObject({ completedAt: expect.any(Number) as number });
    await expect(engine.generations.remove(id, OWNER)).resolves.toBeUndefined();
  });
});
