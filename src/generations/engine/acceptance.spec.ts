import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { snapshot } from '../testing/fake-upstream.js';
import { TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';

describe('Acceptance', () => {
  let world: TestWorld;
  let engine: TestEngine;
  let id: string;

  beforeEach(async () => {
    world = await TestWorld.create();
    await world.addToken(1);
    engine = await TestEngine.start(world);
    world.upstream.submissions.push({ answer: 'silence' });
    ({ id } = await engine.create());
    await engine.settled();
  });
  afterEach(() => world.end());

  const job = (first = snapshot('queued')) => ({ jobId: 'job-7', snapshot: first });

  it('commits the job with its upstream and has it polled', async () => {
    expect(await engine.acceptance.accept(id, job())).toBe(true);
    expect(await world.rows()).toMatchObject([
      {
        status: 'in_progress',
        upstreamId: 'job-7',
        upstreamScope: 'acme https://stub.example',
        startedAt: world.clock.now(),
      },
    ]);
    expect(engine.scheduler.stats().tracked).toBe(1);
  });

  it('does not forget what the upstream accepted when the database is full', async () => {
    engine.pool.refusals = 4;
    expect(await engine.passUntil(engine.acceptance.accept(id, job()))).toBe(true);
    expect(engine.store.live(id)).toMatchObject({ status: 'in_progress', upstreamId: 'job-7' });
  });

  it('has it polled though nothing can be made of its first state', async () => {
    const error = { code: 7, message: 7 } as never;
    expect(await engine.acceptance.accept(id, job(snapshot('failed', 5, { error })))).toBe(true);
    expect(engine.store.live(id)).toMatchObject({ status: 'in_progress' });
    expect(engine.scheduler.stats().tracked).toBe(1);
  });

  it.each([
    [1_500, 1_500],
    [3_600_000, 60_000],
    [Number.NaN, 5_000],
    [-1, 5_000],
    [null, 5_000],
  ])('polls first when the upstream wishes, as far as %j makes sense', async (pollAfterMs, expected) => {
    await engine.acceptance.accept(id, job(snapshot('queued', null, { pollAfterMs })));
    expect((engine.scheduler.nextPollAt(id) ?? 0) - world.clock.now()).toBe(expected);
  });

  it('ends at once what was done at once', async () => {
    expect(await engine.acceptance.accept(id, job(snapshot('completed')))).toBe(true);
    expect(await engine.read(id)).toMatchObject({ status: 'completed', polls: 0 });
    expect(engine.scheduler.stats().tracked).toBe(0);
  });

  it('takes no job that another generation has', async () => {
    await world.source.query(
      `UPDATE generations SET upstream_id = 'job-7', id = 'video_other', status = 'failed' WHERE id = ?`,
      [id],
    );
    const other = engine.store.live(id);
    if (other === undefined) throw new Error('expected it to be live');
    await engine.store.insert({ ...other, id: 'video_new', upstreamId: null });
    expect(await engine.acceptance.accept('video_new', job())).toBe(false);
    expect(engine.store.live('video_new')).toMatchObject({ status: 'submitting', upstreamId: null });
  });

  it('does nothing for what has ended meanwhile', async () => {
    await engine.settlement.settle(id, { status: 'cancelled' });
    expect(await engine.acceptance.accept(id, job())).toBe(true);
    expect(engine.scheduler.stats().tracked).toBe(0);
  });
});
