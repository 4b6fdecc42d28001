import { describe, expect, it } from 'vitest';

import type { GenerationBody } from '../support/api-client.js';
import { QUICK, stage, type Stage } from '../support/stage.js';

const two = (environment = {}): Promise<Stage> =>
  stage({ credentials: [{ secret: 'sk-good' }, { secret: 'sk-bad' }], behaviour: QUICK }, environment);

describe('a token that is in trouble', () => {
  it('with 401 is turned off, and its generations go to another one', async () => {
    const on = await two();
    on.simulator.control.setCredentials([{ secret: 'sk-good' }, { secret: 'sk-bad', enabled: false }]);
    const ends = await generateAll(on, 12);
    expectAllCompleted(ends);
    expect(await bad(on)).toMatchObject({ state: 'disabled', disabledBy: 'machine' });
    expect(new Set(on.simulator.control.report().jobs.map(({ secret }) => secret))).toEqual(
      new Set(['sk-good']),
    );
    expectOneJobEach(on);
  });

  it('with 429 is left alone for as long as Retry-After says, then used again', async () => {
    const on = await two();
    on.simulator.control.addFault({
      operation: 'create',
      secret: 'sk-bad',
      times: 1,
      fault: { type: 'rate-limited', retryAfterSeconds: 2 },
    });
    const ends = await generateAll(on, 12);
    expectAllCompleted(ends);
    expect(on.simulator.control.report().violations.hammering).toBe(0);
    await expect.poll(async () => (await bad(on))['state'], { timeout: 4_000 }).toBe('ready');
    expectAllCompleted(await generateAll(on, 12, 'later'));
    expect(
      on.simulator.control.report().jobs.filter(({ secret }) => secret === 'sk-bad').length,
    ).toBeGreaterThan(0);
    expect(on.simulator.control.report().violations.hammering).toBe(0);
  });

  it('that is the only one and cools has its generations wait, not fail', async () => {
    const on = await stage({ credentials: [{ secret: 'sk-bad' }], behaviour: QUICK });
    on.simulator.control.addFault({
      operation: 'create',
      times: 1,
      fault: { type: 'rate-limited', retryAfterDate: new Date(Date.now() + 3_000).toUTCString() },
    });
    const ends = await generateAll(on, 5);
    expectAllCompleted(ends);
    expect(on.simulator.control.report().violations.hammering).toBe(0);
    expectOneJobEach(on);
  });

  it('that limits polls has them wait, and the generations end all the same', async () => {
    const on = await stage({ credentials: [{ secret: 'sk-bad' }], behaviour: QUICK });
    on.simulator.control.addFault({
      operation: 'retrieve',
      times: 2,
      fault: { type: 'rate-limited', retryAfterSeconds: 2 },
    });
    const { id } = await on.api.generate('polled with patience');
    expect((await on.api.end(id)).status).toBe('completed');
    expect(on.simulator.control.report().violations.hammering).toBe(0);
  });

  it('without quota is left alone, and another one takes over', async () => {
    const on = await two();
    on.simulator.control.setCredentials([{ secret: 'sk-good' }, { secret: 'sk-bad', quota: 2 }]);
    expectAllCompleted(await generateAll(on, 15));
    expect(on.simulator.control.report().jobs.filter(({ secret }) => secret === 'sk-bad')).toHaveLength(2);
    expect(await bad(on)).toMatchObject({
      state: 'cooling',
      reason: expect.stringContaining('quota') as unknown,
    });
    const calls = on.simulator.control.report().calls.byOperation.create;
    expectAllCompleted(await generateAll(on, 5, 'later'));
    expect(on.simulator.control.report().calls.byOperation.create).toBe(calls + 5);
  });

  it('with 3 errors in a row is turned off; a test turns it on again', async () => {
    const on = await two();
    const fault = on.simulator.control.addFault({
      operation: 'create',
      secret: 'sk-bad',
      fault: { type: 'server-error', status: 503 },
    });
    for (let round = 0; round < 10 && (await bad(on))['state'] !== 'disabled'; round += 1)
      expectAllCompleted(await generateAll(on, 3, `round ${String(round)}`));
    expect(await bad(on)).toMatchObject({
      state: 'disabled',
      disabledBy: 'machine',
      reason: expect.stringContaining('3 errors in a row') as unknown,
    });
    on.simulator.control.removeFault(fault);
    const { body } = await on.api.request('POST', `/admin/tokens/${String((await bad(on))['id'])}/test`);
    expect(body).toMatchObject({ valid: true, token: { state: 'ready' } });
    expectOneJobEach(on);
  });

  it('that is the last one and refuses the credential: what waits, waits for the operator; what comes is refused', async () => {
    const on = await stage({ credentials: [{ secret: 'sk-bad', concurrency: 1 }], behaviour: QUICK });
    on.simulator.control.setCredentials([]);
    const created = await Promise.all(
      Array.from({ length: 3 }, (_, n) => on.api.generate(`stranded ${String(n)}`)),
    );
    await expect.poll(async () => (await bad(on))['state']).toBe('disabled');
    const later = await on.api.request('POST', '/v1/generations', {
      model: 'sora-2',
      input: { prompt: 'x' },
    });
    expect([later.status, later.headers.get('x-should-retry')]).toEqual([503, 'false']);
    on.simulator.control.setCredentials([{ secret: 'sk-bad' }]);
    await on.api.request('POST', `/admin/tokens/${String((await bad(on))['id'])}/enable`);
    const ends = await Promise.all(created.map(({ id }) => on.api.end(id, 15_000)));
    const failed = ends.filter(({ status }) => status === 'failed');
    expect(failed.length).toBeLessThanOrEqual(1);
    for (const { error } of failed) expect(error?.code).toBe('no_usable_token');
    expect(ends.filter(({ status }) => status === 'completed').length).toBeGreaterThanOrEqual(2);
  });

  it('that refuses the credential at a poll keeps its jobs, which end once it is good again', async () => {
    const on = await stage({
      credentials: [{ secret: 'sk-bad' }],
      behaviour: { queue: { medianMs: 0 }, duration: { medianMs: 800 } },
    });
    const { id } = await on.api.generate('under way');
    await on.api.reach(id, 'in_progress');
    on.simulator.control.setCredentials([]);
    await expect.poll(async () => (await bad(on))['state']).toBe('disabled');
    on.simulator.control.setCredentials([{ secret: 'sk-bad' }]);
    expect((await on.api.end(id)).status).toBe('completed');
  });
});

async function bad(on: Stage): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await on.api.request('GET', '/admin/tokens');
  const tokens = body['data'] as readonly Record<string, unknown>[];
  const token = tokens.find(({ last4 }) => last4 === 'bad');
  if (token === undefined) throw new Error('There is no token sk-bad.');
  return token;
}

async function generateAll(on: Stage, count: number, what = 'one'): Promise<readonly GenerationBody[]> {
  const created = await Promise.all(
    Array.from({ length: count }, (_, n) => on.api.generate(`${what} of many ${String(n)}`)),
  );
  return Promise.all(created.map(({ id }) => on.api.end(id)));
}

function expectAllCompleted(ends: readonly GenerationBody[]): void {
  expect(ends.map(({ status, error }) => [status, error])).toEqual(ends.map(() => ['completed', null]));
}

function expectOneJobEach({ simulator }: Stage): void {
  expect(simulator.control.report().submissions.filter(({ jobs }) => jobs !== 1)).toEqual([]);
}
