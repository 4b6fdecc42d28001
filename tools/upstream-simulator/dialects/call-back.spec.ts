import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startSimulator, type Simulator } from '../index.js';
import { falSignature, standardSignature } from './call-back.js';

interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('callbacks of the simulator', () => {
  let clock: ManualClock;
  let simulator: Simulator;
  let got: Got[];
  let status: number;
  let url: string;
  let closeReceiver: () => void;

  beforeEach(async () => {
    clock = new ManualClock();
    got = [];
    status = 200;
    const receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        got.push({ headers: request.headers, body });
        response.writeHead(status).end();
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/called`;
    closeReceiver = () => receiver.close();
    simulator = await startSimulator({
      clock,
      credentials: [{ secret: 'k' }],
      behaviour: { queue: { medianMs: 0 }, duration: { medianMs: 60_000 } },
    });
  });
  afterEach(async () => {
    await simulator.close();
    closeReceiver();
  });

  async function submit(path: string, body: object, scheme = 'Bearer'): Promise<string> {
    const answer = await fetch(`${simulator.url}${path}`, {
      method: 'POST',
      headers: { authorization: `${scheme} k`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const made = (await answer.json()) as { id?: string; request_id?: string };
    return made.id ?? made.request_id ?? '';
  }
  const ofReplicate = () =>
    submit('/replicate/models/a/b/predictions', { input: { prompt: 'a cat' }, webhook: url });
  const counts = () => simulator.control.report().callbacks;
  const none = { taken: 0, refused: 0, failed: 0, lost: 0 };

  it('come once, at the end, signed as Replicate signs', async () => {
    const id = await ofReplicate();
    await clock.advance(59_999);
    expect(counts()).toEqual(none);
    await clock.advance(1);
    await expect.poll(counts).toEqual({ ...none, taken: 1 });
    await clock.advance(600_000);
    expect(got).toHaveLength(1);
    const { headers, body } = got[0] ?? { headers: {}, body: '{}' };
    expect(JSON.parse(body)).toMatchObject({ id, status: 'succeeded' });
    const at = Number(headers['webhook-timestamp']) * 1_000;
    expect(headers).toMatchObject(standardSignature(`msg_${id}`)(body, at));
  });

  it('are signed by a key as those of fal', async () => {
    const id = await submit(
      `/fal/fal-ai/veo3?fal_webhook=${encodeURIComponent(url)}`,
      { prompt: 'a' },
      'Key',
    );
    await clock.advance(60_000);
    await expect.poll(counts).toEqual({ ...none, taken: 1 });
    const { headers, body } = got[0] ?? { headers: {}, body: '{}' };
    expect(JSON.parse(body)).toMatchObject({ request_id: id, status: 'OK' });
    const at = Number(headers['x-fal-webhook-timestamp']) * 1_000;
    expect(headers).toMatchObject(falSignature(id)(body, at));
  });

  it('come without a signature as those of Luma, also for an end that came otherwise than planned', async () => {
    const id = await submit('/luma/generations/video', {
      prompt: 'a cat',
      model: 'ray-2',
      callback_url: url,
    });
    simulator.control.failJob(id);
    await clock.advance(1);
    await expect.poll(counts).toEqual({ ...none, taken: 1 });
    expect(JSON.parse(got[0]?.body ?? '{}')).toMatchObject({ id, state: 'failed' });
    expect(got[0]?.headers['webhook-signature']).toBeUndefined();
  });

  it('are lost, late, refused and not answered as it is told', async () => {
    simulator.control.setBehaviour({ callbackRate: 0 });
    await ofReplicate();
    await clock.advance(60_000);
    expect(counts()).toEqual({ ...none, lost: 1 });
    simulator.control.setBehaviour({ callbackRate: 1, callbackDelayMs: 5_000 });
    status = 500;
    await ofReplicate();
    await clock.advance(64_999);
    expect(counts()).toEqual({ ...none, lost: 1 });
    await clock.advance(1);
    await expect.poll(counts).toEqual({ ...none, lost: 1, refused: 1 });
    url = 'http://127.0.0.1:1/nobody';
    await ofReplicate();
    await clock.advance(65_000);
    await expect.poll(counts).toEqual({ ...none, lost: 1, refused: 1, failed: 1 });
  });

  it('end with a reset', async () => {
    await ofReplicate();
    simulator.control.reset();
    await clock.advance(60_000);
    expect([counts(), clock.pendingTimers]).toEqual([none, 0]);
  });
});
