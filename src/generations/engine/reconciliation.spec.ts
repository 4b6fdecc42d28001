import type { LostAttempt, Reconciliation } from 'penstock/plugin-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { snapshot } from '../testing/fake-upstream.js';
import { OWNER, TestEngine } from '../testing/test-engine.js';
import { TestWorld } from '../testing/test-world.js';

describe('Reconciler', () => {
  let world: TestWorld;
  let engine: TestEngine;
  let looks: { readonly at: number; readonly attempt: LostAttempt }[];
  let findings: Reconciliation[];

  beforeEach(async () => {
    world = await TestWorld.create();
    await world.addToken(10);
    engine = await TestEngine.start(world);
    looks = [];
    findings = [];
    world.upstream.reconcile = async (attempt) => {
      looks.push({ at: world.clock.monotonic(), attempt });
      return findings.shift() ?? { outcome: 'unknown' };
    };
  });
  afterEach(() => world.end());

  const lost = async (prompt = 'lost'): Promise<string> => {
    world.upstream.submissions.push({ answer: 'lost' });
    const { id } = await engine.create({ prompt, parameters: { seconds: '8' } });
    await engine.settled();
    return id;
  };

  it('looks after growing pauses, with all that is known of the attempt', async () => {
    const id = await lost();
    await engine.pass(10_000, 100);
    expect(looks.map(({ at }) => at)).toEqual([100, 1_100, 3_100]);
    const [row] = await world.rows();
    expect(looks[0]?.attempt).toMatchObject({
      kind: 'video',
      model: 'sora-2',
      prompt: 'lost',
      parameters: { seconds: '8' },
      inputReference: null,
      attemptId: row?.attemptId,
      startedAt: row?.attemptedAt,
      remixOf: null,
    });
    expect(await engine.read(id)).toMatchObject({ errorCode: 'submission_unknown' });
  });

  it('goes on with what it finds, at whichever look', async () => {
    findings.push(
      { outcome: 'unknown' },
      { outcome: 'found', job: { jobId: 'j', snapshot: snapshot('queued') } },
    );
    const id = await lost();
    await engine.pass(1_500, 100);
    expect(engine.store.live(id)).toMatchObject({ status: 'in_progress', upstreamId: 'j' });
    expect(looks).toHaveLength(2);
  });

  it('submits again, on another token first, when nothing was created', async () => {
    await world.addToken(10);
    await engine.cache.refresh();
    const tokens: string[] = [];
    world.upstream.onSubmit = (tokenId) => tokens.push(tokenId);
    findings.push({ outcome: 'absent' });
    const id = await lost();
    await engine.pass(20_000);
    expect(await engine.read(id)).toMatchObject({ status: 'completed', attempts: 2 });
    expect(new Set(tokens).size).toBe(2);
  });

  it('gives up after four attempts of which nothing was created', async () => {
    world.upstream.submissions.push(...Array.from({ length: 3 }, () => ({ answer: 'lost' as const })));
    findings.push(...Array.from({ length: 4 }, () => ({ outcome: 'absent' as const })));
    const id = await lost();
    await engine.tokens.change('tok_0', () => ({ consecutiveErrors: -10 }));
    await engine.pass(60_000);
    expect(await engine.read(id)).toMatchObject({ status: 'failed', errorCode: 'upstream_unavailable' });
  });

  it('tells the provider which jobs belong to others', async () => {
    const { id } = await engine.create({ prompt: 'other' });
    world.upstream.plans.push([1, 1, 1]);
    await engine.pass(10);
    const row = await engine.read(id);
    await lost();
    await engine.pass(200, 50);
    const [look] = looks;
    expect(await look?.attempt.isClaimed(row.upstreamId ?? '')).toBe(true);
    expect(await look?.attempt.isClaimed('job-99')).toBe(false);
  });

  it('knows claimed jobs by the upstream they were sent to, wherever the token points now', async () => {
    const { id } = await engine.create({ prompt: 'other' });
    await engine.pass(10);
    const row = await engine.read(id);
    await lost();
    await engine.tokens.change('tok_0', () => ({ baseUrl: 'https://elsewhere.example' }));
    await engine.pass(200, 50);
    expect(await looks[0]?.attempt.isClaimed(row.upstreamId ?? '')).toBe(true);
  });

  it('still knows the job of a generation that is deleted', async () => {
    const { id } = await engine.create({ prompt: 'deleted' });
    await engine.pass(5_000);
    const { upstreamId } = await engine.read(id);
    await engine.generations.remove(id, OWNER);
    const later = await lost('deleted');
    await engine.pass(200, 50);
    expect(await looks[0]?.attempt.isClaimed(upstreamId ?? '')).toBe(true);
    findings.push({ outcome: 'found', job: { jobId: upstreamId ?? '', snapshot: snapshot('completed') } });
    await engine.pass(10_000, 100);
    expect(await engine.read(later)).toMatchObject({ errorCode: 'submission_unknown', upstreamId: null });
  });

  it('leaves a job to an equal request whose answer is on its way', async () => {
    const asked = await lost('equal');
    world.upstream.submissions.push({ answer: 'job', delayMs: 4_500 });
    const { id } = await engine.create({ prompt: 'equal', parameters: { seconds: '8' } });
    const found = { outcome: 'found', job: { jobId: 'job-1', snapshot: snapshot('queued') } } as const;
    findings.push(found, found, found, found, found);
    await engine.pass(4_000, 100);
    expect(engine.store.live(asked)?.status).toBe('submitting');
    await engine.pass(20_000, 100);
    expect(await engine.read(id)).toMatchObject({ status: 'completed', upstreamId: 'job-1' });
    expect(await engine.read(asked)).toMatchObject({ errorCode: 'submission_unknown' });
  });

  it('does not wait for equal requests that began after its job was seen', async () => {
    const asked = await lost('popular');
    const found = { outcome: 'found', job: { jobId: 'mine', snapshot: snapshot('queued') } } as const;
    findings.push(...Array.from({ length: 20 }, () => found));
    // From now on there is always one on its way.
    for (let n = 0; n < 8; n += 1) {
      world.upstream.submissions.push({ answer: 'job', delayMs: 2_000 });
      await engine.create({ prompt: 'popular', parameters: { seconds: '8' } });
      await engine.pass(1_500, 100);
    }
    expect(await engine.read(asked)).toMatchObject({ upstreamId: 'mine' });
  });

  it('gives up when all that it ever finds may be another’s', async () => {
    const asked = await lost('popular');
    let seen = 0;
    world.upstream.reconcile = () =>
      Promise.resolve({
        outcome: 'found',
        job: { jobId: `job of another ${String((seen += 1))}`, snapshot: snapshot('queued') },
      });
    for (let n = 0; n < 20; n += 1) {
      world.upstream.submissions.push({ answer: 'job', delayMs: 2_000 });
      await engine.create({ prompt: 'popular', parameters: { seconds: '8' } });
      await engine.pass(1_500, 100);
    }
    expect(await engine.read(asked)).toMatchObject({ errorCode: 'submission_unknown', upstreamId: null });
  });

  it('shares what it finds among equal requests that were all lost', async () => {
    const ids = [await lost('equal'), await lost('equal')];
    const found = (jobId: string) =>
      ({ outcome: 'found', job: { jobId, snapshot: snapshot('queued') } }) as const;
    findings.push(found('a'), found('a'), found('b'));
    await engine.pass(3_000, 100);
    expect(ids.map((id) => engine.store.live(id)?.upstreamId).sort()).toEqual(['a', 'b']);
  });

  it('looks for four at once and lets the others wait', async () => {
    let underWay = 0;
    let most = 0;
    world.upstream.reconcile = async () => {
      most = Math.max(most, (underWay += 1));
      await world.clock.sleep(500);
      underWay -= 1;
      return { outcome: 'absent' };
    };
    await engine.tokens.change('tok_0', () => ({ consecutiveErrors: -100 }));
    const ids: string[] = [];
    for (let n = 0; n < 7; n += 1) ids.push(await lost(`n${n}`));
    await engine.pass(60_000);
    expect(most).toBe(4);
    expect((await world.rows()).map(({ status }) => status)).toEqual(ids.map(() => 'completed'));
  });

  it('gives up at once when the token is deleted', async () => {
    const id = await lost();
    await engine.tokens.delete('tok_0');
    await engine.pass(200, 50);
    expect(await engine.read(id)).toMatchObject({ errorCode: 'submission_unknown' });
    expect(looks).toEqual([]);
  });

  it('leaves it to the next start when the process ends', async () => {
    const id = await lost();
    await engine.stop();
    expect(await world.rows()).toMatchObject([{ id, status: 'submitting', errorCode: null }]);
    engine.kill();
    findings.push({ outcome: 'found', job: { jobId: 'j', snapshot: snapshot('completed') } });
    engine = await TestEngine.start(world);
    await engine.pass(500);
    expect(await engine.read(id)).toMatchObject({ status: 'completed', upstreamId: 'j', attempts: 1 });
  });
});
