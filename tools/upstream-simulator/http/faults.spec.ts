import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { FaultRuleInput } from '../core/fault-rule.js';
import type { CallRecord } from '../core/call-ring.js';
import type { Operation } from '../core/operation.js';
import { startHarness, type Harness, type Reply } from '../harness.js';

let harness: Harness;

beforeEach(async () => {
  harness = await startHarness();
});

afterEach(() => harness.close());

const control = () => harness.simulator.control;
const suffer = (operation: Operation | 'any', fault: FaultRuleInput['fault']): string =>
  control().addFault({ operation, times: 1, fault });
const submit = (prompt = 'p'): Promise<Reply> => harness.call('/v1/videos', { json: { prompt } });
const jobs = (): number => control().report().jobs.length;
const lastCall = (): CallRecord | undefined => control().calls().at(-1);

describe('faults that answer in place of the upstream', () => {
  it.each([
    [{ type: 'unauthorized' }, 401, 'invalid_api_key'],
    [{ type: 'not-found' }, 404, 'not_found'],
    [{ type: 'quota-exhausted' }, 429, 'insufficient_quota'],
    [{ type: 'rate-limited' }, 429, 'rate_limit_exceeded'],
    [{ type: 'server-error', status: 503 }, 503, null],
  ] as const)('%j makes no job', async (fault, status, code) => {
    suffer('create', fault);
    const reply = await submit();
    expect(reply.status).toBe(status);
    expect(reply.json()).toMatchObject({
      error: { code, message: expect.any(String) as string, param: null },
    });
    expect(jobs()).toBe(0);
    expect(lastCall()).toMatchObject({ operation: 'create', status, fault: fault.type, jobId: null });
    expect((await submit()).status).toBe(200);
  });

  it('server-error without JSON is a page of a gateway', async () => {
    suffer('create', { type: 'server-error', status: 502, json: false });
    const reply = await submit();
    expect([reply.status, reply.headers['content-type']]).toEqual([502, 'text/html']);
    expect(reply.text).toContain('<h1>502</h1>');
  });

  it('rate-limited sends seconds, a date, or nothing', async () => {
    suffer('any', { type: 'rate-limited', retryAfterSeconds: 7 });
    expect((await submit()).headers['retry-after']).toBe('7');
    suffer('any', { type: 'rate-limited', retryAfterDate: '2030-05-01T00:00:00.200Z' });
    expect((await submit()).headers['retry-after']).toBe('Wed, 01 May 2030 00:00:01 GMT');
    suffer('any', { type: 'rate-limited' });
    expect((await submit()).headers['retry-after']).toBeUndefined();
  });

  it('edge-challenge looks like the page of a CDN', async () => {
    suffer('retrieve', { type: 'edge-challenge' });
    const reply = await harness.call('/v1/videos/video_1', { secret: 'nobody' });
    expect(reply.status).toBe(403);
    expect(reply.headers).toMatchObject({
      server: 'cloudflare',
      'cf-mitigated': 'challenge',
      'content-type': 'text/html; charset=UTF-8',
    });
    expect(reply.text).toContain('Just a moment...');
  });

  it.each([
    ['block', 403, 'Attention Required! | Cloudflare'],
    ['limit', 429, 'error code: 1015'],
  ] as const)('edge-challenge can be a %s, which no header tells', async (form, status, text) => {
    suffer('retrieve', { type: 'edge-challenge', form });
    const reply = await harness.call('/v1/videos/video_1', { secret: 'nobody' });
    expect([reply.status, reply.headers['server'], reply.headers['cf-mitigated']]).toEqual([
      status,
      'cloudflare',
      undefined,
    ]);
    expect(reply.text).toContain(text);
  });

  it('unauthorized befalls a form as well, and the connection stays good', async () => {
    suffer('create', { type: 'unauthorized' });
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const body = `--b\r\ncontent-disposition: form-data; name="prompt"\r\n\r\nformed\r\n--b--\r\n`;
    expect((await harness.call('/v1/videos', { body, headers })).status).toBe(401);
    expect((await harness.call('/v1/videos', { body, headers })).status).toBe(200);
    expect(control().report().submissions).toEqual([{ prompt: 'formed', calls: 2, jobs: 1 }]);
  });
});

describe('faults of the connection', () => {
  it('reset-before loses the call', async () => {
    suffer('create', { type: 'reset-before' });
    await expect(submit()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(jobs()).toBe(0);
    expect(lastCall()).toMatchObject({ status: null, fault: 'reset-before' });
    expect(control().report().submissions).toEqual([{ prompt: 'p', calls: 1, jobs: 0 }]);
  });

  it('reset-after loses the answer, not the job', async () => {
    suffer('create', { type: 'reset-after' });
    await expect(submit()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(jobs()).toBe(1);
    const [job] = control().report().jobs;
    expect(lastCall()).toMatchObject({ status: null, fault: 'reset-after', jobId: job?.id });
  });

  it('reset-after breaks a download in the middle', async () => {
    control().setBehaviour({ contentBytes: 1_000_000 });
    const id = await harness.create();
    await harness.clock.advance(10_000);
    suffer('content', { type: 'reset-after' });
    await expect(harness.call(`/v1/videos/${id}/content`)).rejects.toThrow();
    const whole = await harness.call(`/v1/videos/${id}/content`);
    expect(whole.bytes).toHaveLength(1_000_000);
  });

  it('no-answer hangs until the client gives up; the job exists', async () => {
    suffer('create', { type: 'no-answer' });
    const patience = new AbortController();
    const waiting = harness.call('/v1/videos', { json: { prompt: 'p' }, signal: patience.signal });
    await expect.poll(jobs).toBe(1);
    patience.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    expect(lastCall()).toMatchObject({ status: null, fault: 'no-answer' });
  });

  it('no-answer ends with a reset after its time', async () => {
    suffer('create', { type: 'no-answer', ms: 30_000 });
    const waiting = submit();
    const failed = expect(waiting).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect.poll(() => harness.clock.pendingTimers).toBe(1);
    await harness.clock.advance(30_000);
    await failed;
    expect(jobs()).toBe(1);
  });

  it('no-answer does not keep the simulator from closing', async () => {
    const other = await startHarness({
      faults: [{ operation: 'models', fault: { type: 'no-answer', ms: 1e6 } }],
    });
    const failed = expect(other.call('/v1/models')).rejects.toThrow();
    await expect.poll(() => other.clock.pendingTimers).toBe(1);
    await other.simulator.close();
    await failed;
    await expect.poll(() => other.clock.pendingTimers).toBe(0);
    await other.close();
  });
});

describe('slow', () => {
  it('answers after its delay', async () => {
    suffer('create', { type: 'slow', delayMs: 5_000 });
    let answered = false;
    const waiting = submit().finally(() => (answered = true));
    await expect.poll(() => harness.clock.pendingTimers).toBe(1);
    await harness.clock.advance(4_999);
    expect(answered).toBe(false);
    await harness.clock.advance(1);
    expect((await waiting).status).toBe(200);
    const { at = 0, answeredAt } = lastCall() ?? {};
    expect(answeredAt).toBe(at + 5_000);
  });

  it('sends so many bytes a second', async () => {
    suffer('models', { type: 'slow', bytesPerSecond: 100 });
    const startedAt = harness.clock.monotonic();
    let finishedAt = 0;
    const waiting = harness.call('/v1/models').finally(() => (finishedAt = harness.clock.monotonic()));
    while (finishedAt === 0) await harness.clock.advance(harness.clock.pendingTimers === 0 ? 0 : 100);
    const reply = await waiting;
    expect(reply.json()).toMatchObject({ object: 'list' });
    const dueMs = reply.bytes.length * 10;
    expect(finishedAt - startedAt).toBeGreaterThanOrEqual(dueMs - 200);
    expect(finishedAt - startedAt).toBeLessThan(dueMs + 1_000);
  });

  it('forgets a client that went away', async () => {
    suffer('create', { type: 'slow', delayMs: 60_000 });
    const patience = new AbortController();
    const waiting = harness.call('/v1/videos', { json: { prompt: 'p' }, signal: patience.signal });
    await expect.poll(() => harness.clock.pendingTimers).toBe(1);
    patience.abort();
    await expect(waiting).rejects.toThrow();
    await expect.poll(() => harness.clock.pendingTimers).toBe(0);
    expect(jobs()).toBe(1);
    expect(lastCall()).toMatchObject({ status: null, answeredAt: null });
  });
});

describe('faults of the text', () => {
  it.each(['truncated-json', 'malformed-json'] as const)(
    '%s makes the job and answers with rubbish',
    async (type) => {
      suffer('create', { type });
      const reply = await submit();
      expect([reply.status, reply.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
      expect(() => reply.json()).toThrow(SyntaxError);
      expect(jobs()).toBe(1);
    },
  );

  it('truncated-json begins like the truth', async () => {
    suffer('create', { type: 'truncated-json' });
    const [, id] = /"id":"(\w+)"/.exec((await submit()).text) ?? [];
    expect(id).toBe(control().report().jobs[0]?.id);
  });
});
