import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startHarness, type Harness } from './harness.js';

let harness: Harness;

beforeEach(async () => {
  harness = await startHarness();
});

afterEach(() => harness.close());

const at = (path: string): string => `/_simulator${path}`;
const put = (path: string, json: unknown) => harness.call(at(path), { method: 'PUT', json, secret: null });
const post = (path: string, json?: unknown) => harness.call(at(path), { method: 'POST', json, secret: null });
const drop = (path: string) => harness.call(at(path), { method: 'DELETE', secret: null });
const get = (path: string) => harness.call(at(path), { secret: null });

describe('the control API', () => {
  it('reports what the typed control reports', async () => {
    await harness.create();
    const reply = await get('/report');
    expect(reply.status).toBe(200);
    expect(reply.json()).toEqual(harness.simulator.control.report());
  });

  it('is not witnessed itself', async () => {
    await get('/report');
    expect(harness.simulator.control.report().calls.total).toBe(0);
  });

  it('lists calls', async () => {
    const id = await harness.create();
    await harness.call('/v1/models');
    expect((await get('/calls?operation=models')).json()).toMatchObject({ calls: [{ operation: 'models' }] });
    expect((await get(`/calls?jobId=${id}&limit=5`)).json()).toMatchObject({ calls: [{ jobId: id }] });
  });

  it('replaces credentials', async () => {
    expect((await put('/credentials', { credentials: [{ secret: 'new' }] })).status).toBe(204);
    expect((await harness.call('/v1/models')).status).toBe(401);
    expect((await harness.call('/v1/models', { secret: 'new' })).status).toBe(200);
  });

  it('changes behaviour and answers with the whole of it', async () => {
    const reply = await put('/behaviour', { timeScale: 0.5, contentBytes: 1_000 });
    expect(reply.json()).toMatchObject({ timeScale: 0.5, contentBytes: 1_000, progress: 'linear' });
  });

  it('adds and removes faults', async () => {
    const rule = { id: 'r', operation: 'models', fault: { type: 'server-error' } };
    const added = await post('/faults', rule);
    expect([added.status, added.json()]).toEqual([201, { id: 'r' }]);
    expect((await post('/faults', rule)).status).toBe(409);
    expect((await harness.call('/v1/models')).status).toBe(500);
    expect((await drop('/faults/r')).status).toBe(204);
    expect((await drop('/faults/r')).status).toBe(404);
    expect((await harness.call('/v1/models')).status).toBe(200);
    await post('/faults', rule);
    expect((await drop('/faults')).status).toBe(204);
    expect(harness.simulator.control.report().faults).toEqual([]);
  });

  it('finishes and fails jobs', async () => {
    const [done, failed, plain] = [
      await harness.create('1'),
      await harness.create('2'),
      await harness.create('3'),
    ];
    expect((await post(`/jobs/${done}/finish`)).status).toBe(204);
    expect((await post(`/jobs/${failed}/fail`, { code: 'odd', message: 'Odd.' })).status).toBe(204);
    expect((await post(`/jobs/${plain}/fail`)).status).toBe(204);
    expect(harness.simulator.control.report().jobs).toMatchObject([
      { status: 'completed' },
      { status: 'failed', error: { code: 'odd', message: 'Odd.' } },
      { status: 'failed', error: { code: 'generation_failed' } },
    ]);
    expect((await post(`/jobs/${done}/finish`)).status).toBe(409);
    expect((await post('/jobs/video_none/finish')).status).toBe(404);
  });

  it('resets', async () => {
    await harness.create();
    expect((await post('/reset')).status).toBe(204);
    expect(harness.simulator.control.report().jobs).toEqual([]);
  });

  it.each([
    ['PUT', '/credentials', { credentials: [{ secret: 'a', quota: 'many' }] }, 'credentials.0.quota'],
    ['PUT', '/credentials', [{ secret: 'a' }], ''],
    ['PUT', '/behaviour', { queue: { medianMs: -1 } }, 'queue.medianMs'],
    ['PUT', '/behaviour', { velocity: 1 }, 'velocity'],
    ['POST', '/faults', { operation: 'any', fault: { type: 'slow', delayMs: 'x' } }, 'fault.delayMs'],
    ['POST', '/jobs/video_1/fail', { code: '' }, 'code'],
    ['GET', '/calls?operation=sing', undefined, 'operation'],
    ['GET', '/calls?limit=0', undefined, 'limit'],
    ['GET', '/calls?since=0', undefined, 'since'],
  ] as const)('answers %s %s %j with 400 and the field', async (method, path, json, field) => {
    const reply = await harness.call(at(path), { method, json, secret: null });
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ error: { code: 'invalid_input', field } });
  });

  it('answers 400 to a body that is not JSON', async () => {
    const headers = { 'content-type': 'application/json' };
    const reply = await harness.call(at('/behaviour'), { method: 'PUT', body: '{', headers });
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ error: { code: 'invalid_input', field: null } });
  });
});
