import { afterEach, describe, expect, it } from 'vitest';

import type { CredentialInput } from '../../core/credential.js';
import { startHarness, type Harness, type Reply } from '../../harness.js';

let harness: Harness;

afterEach(() => harness.close());

async function start(credential: Omit<CredentialInput, 'secret'>): Promise<void> {
  harness = await startHarness({ credentials: [{ ...credential, secret: 'key-a' }] });
}

const submit = (prompt: string): Promise<Reply> => harness.call('/v1/videos', { json: { prompt } });

describe('concurrency', () => {
  it('refuses one job too many, says when to come back, and counts the violation', async () => {
    await start({ concurrency: 2 });
    await harness.create('1');
    await harness.clock.advance(4_000);
    await harness.create('2');
    const reply = await submit('3');
    expect(reply.status).toBe(429);
    expect(reply.headers['retry-after']).toBe('6');
    expect(reply.json()).toMatchObject({ error: { code: 'rate_limit_exceeded', type: 'requests' } });
    const report = harness.simulator.control.report();
    expect(report.violations).toEqual({ concurrency: 1, hammering: 0 });
    expect(report.secrets[0]).toMatchObject({ inFlight: 2, maxInFlight: 2, violations: { concurrency: 1 } });
    expect(harness.simulator.control.calls().at(-1)).toMatchObject({
      violations: ['concurrency'],
      status: 429,
    });
    await harness.clock.advance(6_000);
    expect((await submit('3')).status).toBe(200);
  });

  it('holds when many submit at once', async () => {
    await start({ concurrency: 5 });
    const replies = await Promise.all(Array.from({ length: 20 }, (_, index) => submit(`p${index}`)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(5);
    const [secret] = harness.simulator.control.report().secrets;
    expect(secret).toMatchObject({ maxInFlight: 5, violations: { concurrency: 15 } });
  });

  it('admits nothing at 0', async () => {
    await start({ concurrency: 0 });
    const reply = await submit('x');
    expect([reply.status, reply.headers['retry-after']]).toEqual([429, '60']);
  });

  it('does not spend quota on refused jobs', async () => {
    await start({ concurrency: 1, quota: 5 });
    await submit('1');
    await submit('2');
    expect(harness.simulator.control.report().secrets[0]?.quotaLeft).toBe(4);
  });
});

describe('quota', () => {
  it('ends with insufficient_quota, without a time to come back', async () => {
    await start({ quota: 1 });
    await submit('1');
    const reply = await submit('2');
    expect(reply.status).toBe(429);
    expect(reply.headers['retry-after']).toBeUndefined();
    expect(reply.json()).toMatchObject({ error: { code: 'insufficient_quota', type: 'insufficient_quota' } });
    expect((await harness.call('/v1/videos')).status).toBe(200);
  });

  it('is not spent on a request that is wrong', async () => {
    await start({ quota: 1 });
    await submit('');
    expect((await submit('1')).status).toBe(200);
  });
});

describe('requests per minute', () => {
  it('refuses every call past them until the minute is over', async () => {
    await start({ requestsPerMinute: 2 });
    await submit('1');
    await harness.call('/v1/videos');
    const reply = await harness.call('/v1/models');
    expect([reply.status, reply.headers['retry-after']]).toEqual([429, '60']);
    await harness.clock.advance(60_000);
    expect((await harness.call('/v1/models')).status).toBe(200);
    expect(harness.simulator.control.report().violations.hammering).toBe(0);
  });

  it('counts calls that come before they were told to', async () => {
    await start({ requestsPerMinute: 1 });
    await submit('1');
    await submit('2');
    await harness.clock.advance(30_000);
    await harness.call('/v1/videos');
    const report = harness.simulator.control.report();
    expect(report.violations).toEqual({ concurrency: 0, hammering: 1 });
    expect(harness.simulator.control.calls().at(-1)).toMatchObject({
      operation: 'list',
      violations: ['hammering'],
    });
  });
});
