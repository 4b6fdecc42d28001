import { createServer } from 'node:net';
import { once } from 'node:events';

import { expect, it } from 'vitest';

import { freePort } from '../../tools/processes/local-http.js';
import { ADMIN_KEY } from '../support/gateway-process.js';
import { otlpCollector, type CollectedSpan, type OtlpCollector } from '../support/otlp-collector.js';
import { QUICK, stage, type Stage } from '../support/stage.js';

const CLIENT = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
const TRACEPARENT = `00-${CLIENT.traceId}-${CLIENT.spanId}-01`;
const SECRET = 'sk-a-secret-of-this-test';
const PROMPT = 'a prompt that no collector sees';

const traced = (url: string, more: Record<string, string> = {}) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  ...more,
});

async function create(on: Stage, headers: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(`${on.api.url}/v1/generations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'sora-2', input: { prompt: PROMPT } }),
  });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { readonly id: string }).id;
}

const namesOf = (spans: readonly CollectedSpan[]): string[] => spans.map(({ name }) => name);
/** They are sent every two seconds. */
const arrived = (collector: OtlpCollector, name: string) =>
  expect.poll(() => namesOf(collector.spans), { timeout: 30_000 }).toContain(name);
const ofTrace = ({ spans }: OtlpCollector, traceId: string) =>
  spans.filter((span) => span.traceId === traceId);
const only = (spans: readonly CollectedSpan[], name: string): CollectedSpan => {
  const found = spans.filter((span) => span.name === name);
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${String(found.length)} spans are named ${name}: ${namesOf(spans).join(', ')}`);
  return found[0];
};

it('a generation is one trace, from the request of a client to the hand-over', async () => {
  const collector = await otlpCollector();
  const on = await stage(
    { credentials: [{ secret: SECRET }], behaviour: { duration: { medianMs: 1_500 } } },
    traced(collector.url, { OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20b', OTEL_SERVICE_NAME: 'gateway-7' }),
  );
  const id = await create(on, { traceparent: TRACEPARENT, 'x-request-id': 'r-1' });
  await on.api.end(id);
  const content = await fetch(`${on.api.url}/v1/videos/${id}/content`, {
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'x-request-id': 'r-2' },
  });
  await content.arrayBuffer();
  await arrived(collector, 'hand-over');
  await arrived(collector, 'generate video');
  await arrived(collector, 'GET /v1/videos/:id/content');
  const spans = ofTrace(collector, CLIENT.traceId);

  const request = only(spans, 'POST /v1/generations');
  expect(request).toMatchObject({ parentSpanId: CLIENT.spanId, kind: 2, service: 'gateway-7' });
  expect(request.attributes).toMatchObject({
    'penstock.request': 'r-1',
    'penstock.generation': id,
    'http.response.status_code': 202,
  });
  const life = only(spans, 'generate video');
  expect(life).toMatchObject({ parentSpanId: request.spanId, status: { code: 0 } });
  expect(life.attributes).toMatchObject({ 'penstock.generation': id, 'penstock.status': 'completed' });

  const parts = spans.filter(({ parentSpanId }) => parentSpanId === life.spanId);
  for (const name of ['queued', 'submitting', 'in_progress', 'upstream submit', 'upstream download'])
    only(parts, name);
  expect(namesOf(parts)).toContain('upstream poll');
  expect(parts).toHaveLength(spans.length - 2);
  expect(Number(life.attributes['penstock.polls'])).toBe(
    parts.filter(({ name }) => name === 'upstream poll').length,
  );
  const order = ['queued', 'submitting', 'in_progress'].map((name) => only(parts, name));
  for (const [index, phase] of order.slice(1).entries())
    expect(phase.startTimeUnixNano).toBe(order[index]?.endTimeUnixNano);
  expect(Number(only(parts, 'in_progress').endTimeUnixNano)).toBeGreaterThanOrEqual(
    Number(life.endTimeUnixNano),
  );

  const download = only([...collector.spans], 'GET /v1/videos/:id/content');
  expect(download.traceId).not.toBe(CLIENT.traceId);
  expect(download.links).toEqual([expect.objectContaining({ spanId: life.spanId })]);
  expect(only(parts, 'hand-over').links).toEqual([expect.objectContaining({ spanId: download.spanId })]);

  expect(collector.headers()['x-tenant']).toBe('a b');
  expect(namesOf(collector.spans).join()).not.toMatch(/health|metrics/);
  const sent = collector.bodies.join();
  for (const secret of [SECRET, PROMPT, ADMIN_KEY]) expect(sent).not.toContain(secret);
});

it('goes on in the same trace after a kill', async () => {
  const collector = await otlpCollector();
  const on = await stage(
    { credentials: [{ secret: SECRET }], behaviour: { duration: { medianMs: 3_000 } } },
    traced(collector.url),
  );
  const id = await create(on, { traceparent: TRACEPARENT });
  await on.api.reach(id, 'in_progress');
  await arrived(collector, 'submitting');
  const before = ofTrace(collector, CLIENT.traceId);
  await on.restart('SIGKILL');
  await on.api.end(id);
  await arrived(collector, 'generate video');
  const spans = ofTrace(collector, CLIENT.traceId);
  const life = only(spans, 'generate video');
  expect(life.parentSpanId).toBe(only(before, 'POST /v1/generations').spanId);
  expect(only(before, 'upstream submit').parentSpanId).toBe(life.spanId);
  expect(only(spans, 'in_progress').parentSpanId).toBe(life.spanId);
  const polls = spans.slice(before.length).filter(({ name }) => name === 'upstream poll');
  expect(polls.length).toBeGreaterThan(0);
  expect(polls.every(({ parentSpanId }) => parentSpanId === life.spanId)).toBe(true);
});

it('records what failed by its code', async () => {
  const collector = await otlpCollector();
  const on = await stage({ credentials: [{ secret: SECRET }], behaviour: QUICK }, traced(collector.url));
  on.simulator.control.addFault({
    operation: 'create',
    times: 1,
    fault: { type: 'rate-limited', retryAfterSeconds: 1 },
  });
  on.simulator.control.addFault({ operation: 'retrieve', fault: { type: 'fail-job', code: 'too_odd' } });
  expect((await on.api.end(await create(on))).status).toBe('failed');
  await arrived(collector, 'generate video');
  const submissions = collector.spans.filter(({ name }) => name === 'upstream submit');
  expect(submissions.map(({ status, attributes }) => [status.code, attributes['error.type']])).toEqual([
    [2, 'rate_limited'],
    [0, undefined],
  ]);
  expect(collector.spans.filter(({ name }) => name === 'queued')).toHaveLength(2);
  const life = only([...collector.spans], 'generate video');
  expect([life.status.code, life.attributes['error.type']]).toEqual([2, 'too_odd']);
});

it('leaves out what the client, or the share, does not want recorded', async () => {
  const collector = await otlpCollector();
  const on = await stage(
    { credentials: [{ secret: SECRET }], behaviour: QUICK },
    traced(collector.url, { OTEL_TRACES_SAMPLER_ARG: '0' }),
  );
  await on.api.end(await create(on));
  await on.api.end(await create(on, { traceparent: TRACEPARENT.replace(/01$/, '00') }));
  await on.api.end(await create(on, { traceparent: TRACEPARENT }));
  await arrived(collector, 'generate video');
  expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set([CLIENT.traceId]));
  only([...collector.spans], 'generate video');
});

it('SIGTERM sends what waits', async () => {
  const collector = await otlpCollector();
  const on = await stage({ credentials: [{ secret: SECRET }], behaviour: QUICK }, traced(collector.url));
  await on.api.end(await create(on, { traceparent: TRACEPARENT }));
  await on.gateway().kill('SIGTERM');
  expect(on.gateway().child.exitCode).toBe(0);
  expect(namesOf(ofTrace(collector, CLIENT.traceId))).toEqual(
    expect.arrayContaining(['POST /v1/generations', 'upstream submit', 'generate video']),
  );
});

it.each([
  ['is away', async () => `http://127.0.0.1:${String(await freePort())}`],
  ['refuses', async () => (await otlpCollector().then((of) => (of.answerWith(500), of))).url],
  ['never answers', silentServer],
])('a collector that %s harms nobody', async (_, collectorUrl) => {
  const on = await stage(
    { credentials: [{ secret: SECRET }], behaviour: QUICK },
    traced(await collectorUrl()),
  );
  expect((await on.api.end(await create(on))).status).toBe('completed');
  const { child } = on.gateway();
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await on.gateway().kill('SIGTERM');
  clearTimeout(timer);
  expect([child.exitCode, child.signalCode]).toEqual([0, null]);
  expect(on.gateway().output()).not.toMatch(/"level":(50|60)/);
});

async function silentServer(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}`;
}
