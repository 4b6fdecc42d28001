import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Answer } from '../support/api-client.js';
import { openStage, type Stage } from '../support/stage.js';

describe('a generation that is cancelled', () => {
  let on: Stage;

  const cancel = (id: string): Promise<Answer> => on.api.request('POST', `/v1/generations/${id}/cancel`);
  const jobOf = (prompt: string): unknown =>
    on.simulator.control.report().jobs.find((job) => job.prompt === prompt);
  const submissions = (prompt: string): unknown =>
    on.simulator.control.report().submissions.find((submission) => submission.prompt === prompt);
  const inFlight = async (): Promise<unknown> =>
    (await on.api.request('GET', '/admin/tokens')).body['data']['0']['counters']['inFlight'];
  const CANCELLED = { status: 'failed', error: { code: 'cancelled' } };

  beforeAll(async () => {
    on = await openStage({
      credentials: [{ secret: 'sk-one', concurrency: 1 }],
      behaviour: { queue: { medianMs: 0 }, duration: { medianMs: 60_000 } },
    });
  });
  afterAll(() => on.close());

  it('in the queue never reaches the upstream, and those behind move up', async () => {
    const running = await on.api.generate('runs');
    await on.api.reach(running.id, 'in_progress');
    const [second, third] = [await on.api.generate('second'), await on.api.generate('third')];
    const positionOf = async (id: string): Promise<unknown> =>
      (await on.api.request('GET', `/v1/generations/${id}`)).body['position'];
    expect([await positionOf(second.id), await positionOf(third.id)]).toEqual([1, 2]);
    const answer = await cancel(second.id);
    expect([answer.status, answer.body['status'], answer.body['attempts']]).toEqual([200, 'cancelled', 0]);
    expect(answer.body['completedAt']).not.toBeNull();
    expect(await positionOf(third.id)).toBe(1);
    expect(submissions('second')).toBeUndefined();
    await cancel(third.id);
    await cancel(running.id);
  });

  it('in progress is told to the upstream and frees its token', async () => {
    const { id } = await on.api.generate('in progress');
    await on.api.reach(id, 'in_progress');
    const answer = await cancel(id);
    expect([answer.status, answer.body['status']]).toEqual([200, 'cancelled']);
    expect(jobOf('in progress')).toMatchObject(CANCELLED);
    expect(await inFlight()).toBe(0);
  });

  it('while its submission is on its way ends as soon as the upstream has answered', async () => {
    on.simulator.control.addFault({ operation: 'create', times: 1, fault: { type: 'slow', delayMs: 1_000 } });
    const { id } = await on.api.generate('on its way');
    await on.api.reach(id, 'submitting');
    expect((await cancel(id)).status).toBe(200);
    expect((await on.api.end(id)).status).toBe('cancelled');
    expect(jobOf('on its way')).toMatchObject(CANCELLED);
    expect(await inFlight()).toBe(0);
  });

  it('while its submission is lost is looked for and stopped', async () => {
    on.simulator.control.addFault({ operation: 'create', times: 1, fault: { type: 'no-answer', ms: 500 } });
    const { id } = await on.api.generate('lost on its way');
    await on.api.reach(id, 'submitting');
    await cancel(id);
    expect((await on.api.end(id)).status).toBe('cancelled');
    expect(jobOf('lost on its way')).toMatchObject(CANCELLED);
    expect(submissions('lost on its way')).toMatchObject({ calls: 1, jobs: 1 });
    expect(await inFlight()).toBe(0);
  });

  it('while it waits for a token that was told to wait is not submitted again', async () => {
    on.simulator.control.addFault({
      operation: 'create',
      times: 1,
      fault: { type: 'rate-limited', retryAfterSeconds: 1 },
    });
    const { id } = await on.api.generate('told to wait');
    await expect.poll(async () => (await on.api.read(id)).attempts).toBe(1);
    await on.api.reach(id, 'queued');
    expect((await cancel(id)).body['status']).toBe('cancelled');
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(submissions('told to wait')).toMatchObject({ calls: 1, jobs: 0 });
    expect(await inFlight()).toBe(0);
  });

  it('is cancelled even when the upstream cannot cancel', async () => {
    const { id } = await on.api.generate('cannot be stopped');
    await on.api.reach(id, 'in_progress');
    on.simulator.control.addFault({ operation: 'cancel', times: 1, fault: { type: 'server-error' } });
    expect((await cancel(id)).body['status']).toBe('cancelled');
    expect(await inFlight()).toBe(0);
    const job = on.simulator.control.report().jobs.find(({ prompt }) => prompt === 'cannot be stopped');
    on.simulator.control.finishJob(String(job?.id));
  });

  it('twice, or many times at once, is cancelled once', async () => {
    const { id } = await on.api.generate('again and again');
    await on.api.reach(id, 'in_progress');
    const answers = await Promise.all(Array.from({ length: 5 }, () => cancel(id)));
    for (const { status, body } of answers) expect([status, body['status']]).toEqual([200, 'cancelled']);
    expect((await cancel(id)).status).toBe(200);
    const calls = on.simulator.control.calls({ operation: 'cancel' });
    expect(calls.length).toBeGreaterThan(0);
    expect(await inFlight()).toBe(0);
  });

  it('after its end stays as it is: 409', async () => {
    on.simulator.control.setBehaviour({ duration: { medianMs: 50 } });
    const { id } = await on.api.generate('done');
    expect((await on.api.end(id)).status).toBe('completed');
    const { status, body } = await cancel(id);
    expect([status, body['error']['code']]).toEqual([409, 'already_finished']);
    expect((await on.api.read(id)).status).toBe('completed');
    expect((await cancel('video_none')).status).toBe(404);
  });
});
