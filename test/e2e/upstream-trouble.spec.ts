import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { FaultRuleInput } from '../../tools/upstream-simulator/core/fault-rule.js';
import type { GenerationBody } from '../support/api-client.js';
import { openStage, QUICK, type Stage } from '../support/stage.js';

type Fault = FaultRuleInput['fault'];
type Operation = FaultRuleInput['operation'];

describe('an upstream in trouble', () => {
  let on: Stage;
  let tokenId: string;
  let counter = 0;

  const suffer = (operation: Operation, fault: Fault, times?: number): void => {
    on.simulator.control.addFault({ operation, fault, ...(times === undefined ? {} : { times }) });
  };
  const prompt = (): string => `trouble ${String((counter += 1))}`;
  const run = async (): Promise<GenerationBody> => on.api.end((await on.api.generate(prompt())).id);
  const completed = async (): Promise<string> => {
    const end = await run();
    expect([end.status, end.error]).toEqual(['completed', null]);
    return end.id;
  };
  const submitted = (): { calls: number; jobs: number } | undefined =>
    on.simulator.control.report().submissions.find((each) => each.prompt === `trouble ${String(counter)}`);
  const content = (id: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${on.api.url}/v1/videos/${id}/content`, {
      headers: { authorization: `Bearer ${on.api.key}`, ...headers },
    });

  beforeAll(async () => {
    on = await openStage({ behaviour: QUICK });
    on.simulator.control.setCredentials([{ secret: 'sk-one' }]);
    tokenId = await on.api.addToken('sk-one', on.simulator.baseUrl);
  });
  beforeEach(() => on.api.request('POST', `/admin/tokens/${tokenId}/enable`));
  afterEach(async () => {
    on.simulator.control.removeFault();
    on.simulator.control.setBehaviour({ ...QUICK, progress: 'linear', contentBytes: null, failureRate: 0 });
    const { body } = await on.api.request('GET', `/admin/tokens/${tokenId}`);
    expect(body['counters']['inFlight']).toBe(0);
    expect(on.gateway().child.exitCode).toBeNull();
    expect(on.gateway().output()).not.toMatch(/"level":(50|60)/);
  });
  afterAll(() => on.close());

  describe('at a submission', () => {
    it.each<[string, Fault, number]>([
      ['503 once: submitted again', { type: 'server-error', status: 503 }, 2],
      ['500 with JSON once: submitted again', { type: 'server-error', status: 500 }, 2],
      ['a reset before anything was read: looked for, not sent again', { type: 'reset-before' }, 1],
      ['a reset after the job was made: found', { type: 'reset-after' }, 1],
      ['half of the answer: found', { type: 'truncated-json' }, 1],
      ['no JSON: found', { type: 'malformed-json' }, 1],
      ['silence, then a reset: found', { type: 'no-answer', ms: 300 }, 1],
      ['a slow answer: waited for', { type: 'slow', delayMs: 700, bytesPerSecond: 1_000 }, 1],
    ])('%s', async (_, fault, calls) => {
      suffer('create', fault, 1);
      const end = await run();
      expect(submitted()?.calls).toBe(calls);
      expect(submitted()?.jobs).toBeLessThanOrEqual(1);
      if (fault.type !== 'reset-before') expect([end.status, end.error]).toEqual(['completed', null]);
      else expect([end.status, end.error?.code]).toEqual(['failed', 'submission_unknown']);
    });

    it('a 502 of something on the way: looked for, never sent again', async () => {
      suffer('create', { type: 'server-error', status: 502, json: false }, 1);
      const end = await run();
      expect([end.status, end.error?.code]).toEqual(['failed', 'submission_unknown']);
      expect(submitted()).toMatchObject({ calls: 1, jobs: 0 });
    });

    it('a lost answer and a list that fails at first: found later', async () => {
      suffer('create', { type: 'reset-after' }, 1);
      suffer('list', { type: 'server-error', status: 500 }, 1);
      suffer('list', { type: 'truncated-json' }, 1);
      await completed();
      expect(submitted()).toMatchObject({ calls: 1, jobs: 1 });
    });

    it('errors without end: failed as upstream_unavailable, with the reason', async () => {
      suffer('create', { type: 'server-error', status: 503 });
      const end = await run();
      expect([end.status, end.error?.code]).toEqual(['failed', 'upstream_unavailable']);
      expect(end.error?.message).toContain('503');
      expect(submitted()).toMatchObject({ calls: 4, jobs: 0 });
    });

    it('404 for the route: failed as invalid_request', async () => {
      suffer('create', { type: 'not-found' }, 1);
      const end = await run();
      expect([end.status, end.error?.code]).toEqual(['failed', 'invalid_request']);
    });
  });

  describe('at polls', () => {
    it.each<[string, Fault]>([
      ['half of the answer', { type: 'truncated-json' }],
      ['no JSON', { type: 'malformed-json' }],
      ['a reset', { type: 'reset-before' }],
      ['500', { type: 'server-error', status: 500 }],
      ['502 as HTML', { type: 'server-error', status: 502, json: false }],
      ['silence, then a reset', { type: 'no-answer', ms: 200 }],
      ['slow bodies', { type: 'slow', delayMs: 100, bytesPerSecond: 2_000 }],
      ['not found twice', { type: 'not-found' }],
    ])('%s: asked again until it is done', async (_, fault) => {
      suffer('retrieve', fault, 2);
      await completed();
      expect(submitted()).toMatchObject({ calls: 1, jobs: 1 });
    });

    it('not found for good: failed as upstream_job_lost', async () => {
      suffer('retrieve', { type: 'not-found' });
      const end = await run();
      expect([end.status, end.error?.code]).toEqual(['failed', 'upstream_job_lost']);
    });

    it('an upstream that is down for a while: asked ever less, and all end', async () => {
      const created = await Promise.all(Array.from({ length: 5 }, () => on.api.generate(prompt())));
      await Promise.all(created.map(({ id }) => on.api.reach(id, 'in_progress')));
      on.simulator.control.addFault({ id: 'down', operation: 'any', fault: { type: 'reset-before' } });
      const before = on.simulator.control.report().calls.total;
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const calls = on.simulator.control.report().calls.total - before;
      expect(calls).toBeGreaterThan(5);
      expect(calls).toBeLessThan((5 * 2_000) / 100);
      on.simulator.control.removeFault('down');
      const ends = await Promise.all(created.map(({ id }) => on.api.end(id)));
      expect(ends.map(({ status }) => status)).toEqual(created.map(() => 'completed'));
    });

    it('progress that runs backwards never shows', async () => {
      on.simulator.control.setBehaviour({ duration: { medianMs: 1_200 } });
      on.simulator.control.addFault({
        operation: 'retrieve',
        probability: 0.5,
        fault: { type: 'backwards-progress', percent: 40 },
      });
      const { id } = await on.api.generate(prompt());
      const seen: number[] = [];
      for (;;) {
        const { progress, status } = await on.api.read(id);
        seen.push(progress);
        if (status === 'completed') break;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      expect(new Set(seen).size).toBeGreaterThan(3);
    });

    it.each(['stalls', 'stuck-at-zero', 'jumping', 'sits-at-95'] as const)(
      'progress that %s ends all the same',
      async (progress) => {
        on.simulator.control.setBehaviour({ progress, duration: { medianMs: 1_200 } });
        await completed();
      },
    );

    it('a job that stands still for good can be cancelled', async () => {
      suffer('create', { type: 'stall-progress' }, 1);
      const { id } = await on.api.generate(prompt());
      await expect.poll(async () => (await on.api.read(id)).progress, { timeout: 5_000 }).toBeGreaterThan(0);
      await on.api.request('POST', `/v1/generations/${id}/cancel`);
      expect((await on.api.read(id)).status).toBe('cancelled');
    });
  });

  it('a job that fails: its code and message are passed on', async () => {
    suffer('create', { type: 'fail-job', code: 'weird_code', message: 'The lens fell off.' }, 1);
    const end = await run();
    expect([end.status, end.error]).toEqual([
      'failed',
      { code: 'weird_code', message: 'The lens fell off.' },
    ]);
    suffer('retrieve', { type: 'fail-job', code: 'content_policy_violation' }, 1);
    const refused = await run();
    expect([refused.status, refused.error?.code]).toEqual(['failed', 'content_policy_violation']);
    const video = await on.api.request('GET', `/v1/videos/${end.id}`);
    expect(video.body).toMatchObject({ status: 'failed', error: { code: 'weird_code' } });
    expect((await content(end.id)).status).toBe(409);
  });

  describe('at a download', () => {
    it.each<[string, Fault, number, string]>([
      ['401', { type: 'unauthorized' }, 502, 'upstream_failed'],
      ['500', { type: 'server-error', status: 500 }, 503, 'upstream_busy'],
      ['502 as HTML', { type: 'server-error', status: 502, json: false }, 503, 'upstream_busy'],
      ['429', { type: 'rate-limited', retryAfterSeconds: 7 }, 503, 'upstream_busy'],
      ['a challenge', { type: 'edge-challenge' }, 503, 'upstream_busy'],
      ['a reset', { type: 'reset-before' }, 503, 'upstream_busy'],
    ])('%s: says that the upstream is at fault', async (name, fault, status, code) => {
      const id = await completed();
      suffer('content', fault);
      const answer = await content(id);
      const { error } = (await answer.json()) as { error: { code: string; message: string } };
      expect([name, answer.status, error.code]).toEqual([name, status, code]);
      if (name === '429') expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(5);
      expect((await on.api.read(id)).status).toBe('completed');
    });

    it('500 twice: asks again, and hands it over', async () => {
      const id = await completed();
      suffer('content', { type: 'server-error', status: 500 }, 2);
      expect((await content(id)).status).toBe(200);
    });

    it('404: the file is gone, which is no fault of the request', async () => {
      const id = await completed();
      suffer('content', { type: 'not-found' }, 1);
      expect([404, 410, 502]).toContain((await content(id)).status);
    });

    it('a body that breaks off half way: the client sees a broken download', async () => {
      on.simulator.control.setBehaviour({ contentBytes: 3_000_000 });
      const id = await completed();
      suffer('content', { type: 'reset-after' }, 1);
      const answer = await content(id);
      expect(answer.status).toBe(200);
      await expect(answer.arrayBuffer()).rejects.toThrow();
      expect((await (await content(id)).arrayBuffer()).byteLength).toBe(3_000_000);
      const rest = await content(id, { range: 'bytes=2999990-' });
      expect([rest.status, (await rest.arrayBuffer()).byteLength]).toEqual([206, 10]);
    });

    it('a large body goes through without being held: a slow client holds up nobody', async () => {
      on.simulator.control.setBehaviour({ contentBytes: 60_000_000 });
      const id = await completed();
      const slow = await content(id);
      const reader = slow.body?.getReader();
      await reader?.read();
      expect((await (await content(id)).arrayBuffer()).byteLength).toBe(60_000_000);
      await reader?.cancel();
      await completed();
    });

    it('a client that goes away ends the download upstream', async () => {
      on.simulator.control.setBehaviour({ contentBytes: 50_000_000 });
      const id = await completed();
      suffer('content', { type: 'slow', bytesPerSecond: 500_000 }, 1);
      const gone = new AbortController();
      const answer = await fetch(`${on.api.url}/v1/videos/${id}/content`, {
        headers: { authorization: `Bearer ${on.api.key}` },
        signal: gone.signal,
      });
      await answer.body?.getReader().read();
      gone.abort();
      await completed();
    });
  });
});
