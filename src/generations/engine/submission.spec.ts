import type { ProviderFailure } from 'penstock/plugin-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { healthAfter, markAfter } from '../../tokens/token-health.policy.js';
import type { Generation } from '../generation.entity.js';
import { OWNER, TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';

describe('a submission', () => {
  let world: TestWorld;
  let engine: TestEngine;
  let tokenId: string;

  beforeEach(async () => {
    world = await TestWorld.create();
    tokenId = await world.addToken(1);
    engine = await TestEngine.start(world);
  });
  afterEach(() => world.end());

  const ended = async (id: string): Promise<Generation> =>
    engine.passUntil(engine.generations.wait(id, OWNER, 110_000));

  it('is on disk before the provider is asked', async () => {
    let rows: Promise<readonly Generation[]> = Promise.resolve([]);
    world.upstream.onSubmit = () => {
      rows = world.rows();
    };
    await engine.create();
    await engine.settled();
    expect(await rows).toMatchObject([
      {
        status: 'submitting',
        tokenId,
        provider: 'acme',
        attempts: 1,
        attemptId: expect.stringMatching(/^[\da-f-]{36}$/) as string,
        attemptedAt: world.clock.now(),
        upstreamScope: 'acme https://stub.example',
      },
    ]);
  });

  it('is not sent when another call learnt meanwhile that the token must be left alone', async () => {
    const until = world.clock.now() + 9_000;
    const stop = engine.events.subscribeOwner(null, ({ status }) => {
      if (status !== 'submitting') return;
      stop();
      const limited = { kind: 'rate_limited', retryAfterMs: 9_000 } as const;
      void engine.tokens.change(tokenId, (row) => healthAfter(row, limited, world.clock.now()), {
        mark: markAfter(limited, world.clock.now()),
      });
    });
    const { id } = await engine.create();
    await engine.settled();
    expect(world.upstream.count('submit')).toBe(0);
    expect(engine.store.live(id)).toMatchObject({ status: 'queued', tokenId: null, attempts: 0 });
    expect(engine.balancer.inFlight(tokenId)).toBe(0);
    expect(await ended(id)).toMatchObject({ status: 'completed', attempts: 1 });
    expect(world.upstream.count('submit')).toBe(1);
    expect((await world.rows())[0]?.attemptedAt).toBeGreaterThanOrEqual(until);
  });

  it('leads to the job, whose result the client gets', async () => {
    world.upstream.plans.push([10, 55]);
    const { id } = await engine.create({ prompt: 'a cat' });
    expect(await ended(id)).toMatchObject({
      status: 'completed',
      progress: 100,
      attempts: 1,
      polls: 3,
      upstreamId: 'job-1',
      assets: [{ name: 'video' }],
    });
    await engine.pass(5_000);
    expect(await engine.tokens.get(tokenId)).toMatchObject({ submitted: 1, completed: 1, failed: 0 });
  });

  it('that is accepted is told of its token at once, and not only when it is on disk', async () => {
    await world.addToken(2, { consecutiveErrors: 2 });
    engine.kill();
    await world.source.query(`DELETE FROM tokens WHERE id = '${tokenId}'`);
    engine = await TestEngine.start(world);
    world.shelf.delayMs = 60_000;
    world.upstream.submissions.push(
      { answer: 'given' },
      { answer: { kind: 'transient', retryAfterMs: null }, delayMs: 100 },
      { answer: 'silence' },
    );
    await engine.create();
    await engine.create();
    await engine.pass(500);
    expect(await engine.tokens.get('tok_1')).toMatchObject({ enabled: true, consecutiveErrors: 1 });
  });

  it.each([
    { kind: 'content_policy' } as const,
    { kind: 'invalid_request', param: 'seconds' } as const,
  ] satisfies ProviderFailure[])('ends at once when it is refused as $kind', async (answer) => {
    world.upstream.submissions.push({ answer });
    const { id } = await engine.create();
    expect(await ended(id)).toMatchObject({
      status: 'failed',
      errorCode: answer.kind,
      errorMessage: `refused: ${answer.kind}`,
    });
    expect(world.upstream.count('submit')).toBe(1);
    expect(engine.cache.get(tokenId)).toMatchObject({ enabled: true, coolingUntil: null });
  });

  it.each(['lost', 'thrown', 'silence'] as const)(
    'finds its job when the answer is %s, and sends nothing twice',
    async (answer) => {
      world.upstream.submissions.push({ answer, creates: true });
      const { id } = await engine.create();
      expect(await ended(id)).toMatchObject({ status: 'completed', upstreamId: 'job-1', attempts: 1 });
      expect(world.upstream.count('submit')).toBe(1);
    },
  );

  it('is repeated when the provider promises that nothing was created', async () => {
    world.upstream.submissions.push({ answer: 'lost' });
    const { id } = await engine.create();
    expect(await ended(id)).toMatchObject({ status: 'completed', attempts: 2 });
    expect(world.upstream.jobs).toHaveLength(1);
  });

  it.each(['blind', 'broken', 'silent'] as const)(
    'ends as unknown when the provider is %s about it',
    async (reconciling) => {
      world.upstream.reconciling = reconciling;
      world.upstream.submissions.push({ answer: 'lost', creates: true });
      const { id } = await engine.create();
      expect(await ended(id)).toMatchObject({ status: 'failed', errorCode: 'submission_unknown' });
      expect(world.upstream.count('submit')).toBe(1);
      expect(world.upstream.count('reconcile')).toBe(3);
      expect(engine.balancer.stats().inFlight).toBe(0);
    },
  );

  it('ends as unknown at once when the provider cannot look', async () => {
    engine.kill();
    engine = await TestEngine.start(world, { without: ['reconcile'] });
    world.upstream.submissions.push({ answer: 'lost' });
    const { id } = await engine.create();
    await engine.pass(100);
    expect(await engine.read(id)).toMatchObject({ status: 'failed', errorCode: 'submission_unknown' });
  });

  it('takes no job that belongs to another generation', async () => {
    world.upstream.plans.push([1, 1, 1, 1, 1, 1]);
    await world.addToken(1);
    await engine.cache.refresh();
    const first = await engine.create({ prompt: 'first' });
    await engine.settled();
    world.upstream.submissions.push({ answer: 'lost' });
    world.upstream.reconcile = async () => ({
      outcome: 'found',
      job: {
        jobId: 'job-1',
        snapshot: { status: 'queued', progress: null, assets: [], error: null, pollAfterMs: null },
      },
    });
    const second = await engine.create({ prompt: 'second' });
    await engine.pass(30_000);
    expect(await engine.read(second.id)).toMatchObject({
      errorCode: 'submission_unknown',
      upstreamId: null,
    });
    expect((await engine.read(first.id)).upstreamId).toBe('job-1');
    expect(engine.balancer.stats().inFlight).toBe(1);
  });

  it.each(['', 'x'.repeat(513)])('takes no job without a usable id', async (jobId) => {
    world.upstream.reconciling = 'blind';
    const submit = world.upstream.submit.bind(world.upstream);
    world.upstream.submit = async (...args) => ({ ...(await submit(...args)), jobId });
    const { id } = await engine.create();
    expect(await ended(id)).toMatchObject({ errorCode: 'submission_unknown', upstreamId: null });
  });

  it('does not count against the token that the database would not answer', async () => {
    world.upstream.plans.push([1, 1, 1]);
    const { id } = await engine.create();
    engine.pool.refusals = 2;
    expect(await ended(id)).toMatchObject({ status: 'completed', attempts: 1 });
    expect(engine.cache.get(tokenId)).toMatchObject({ enabled: true });
  });

  it('is not lost with a token that is deleted just before: nothing was sent', async () => {
    const other = await world.addToken(1);
    const begun = engine.store.change.bind(engine.store);
    engine.store.change = async (...args) => {
      const changed = await begun(...args);
      if (args[1].status === 'submitting' && changed?.attempts === 1) await engine.tokens.delete(tokenId);
      return changed;
    };
    const { id } = await engine.create();
    await engine.settled();
    await engine.cache.refresh();
    expect(await ended(id)).toMatchObject({ status: 'completed', tokenId: other, attempts: 2 });
  });

  describe('of a remix', () => {
    const sourceOf = async (): Promise<Generation> => ended((await engine.create({ prompt: 'source' })).id);
    const remix = async (source: Generation): Promise<Generation> =>
      engine.create(
        engine.remixes.requestFor(source, { id: source.id, prompt: 'remix', idempotencyKey: null }),
      );

    it('names the source to the provider', async () => {
      const { id } = await remix(await sourceOf());
      expect(await ended(id)).toMatchObject({ status: 'completed', tokenId });
      expect(world.upstream.jobsOf('remix')).toMatchObject([{ remixOf: 'job-1' }]);
    });

    it('fails when the source was deleted meanwhile, instead of making something else', async () => {
      const source = await sourceOf();
      world.upstream.plans.push([1, 1, 1]);
      await engine.create({ prompt: 'before it' });
      const { id } = await remix(source);
      await engine.generations.remove(source.id, OWNER);
      expect(await ended(id)).toMatchObject({
        status: 'failed',
        errorCode: 'source_gone',
        errorMessage: `${source.id}, which ${id} was to remix, was deleted meanwhile.`,
        attempts: 0,
      });
      expect(world.upstream.jobsOf('remix')).toEqual([]);
      expect(engine.balancer.stats().inFlight).toBe(0);
    });

    it('fails when the provider cannot remix any more', async () => {
      const request = engine.remixes.requestFor(await sourceOf(), {
        id: 'source',
        prompt: 'remix',
        idempotencyKey: null,
      });
      engine.kill();
      engine = await TestEngine.start(world, { without: ['remix'] });
      const [source] = await world.rows();
      const { id } = await engine.create({ ...request, remixOf: { id: source?.id ?? '', tokenId } });
      expect(await ended(id)).toMatchObject({ status: 'failed', errorCode: 'invalid_request' });
    });
  });
});
