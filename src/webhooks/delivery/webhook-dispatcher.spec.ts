import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { WebhookAttempt } from './webhook-attempt.entity.js';
import { KEY, OutboxWorld, type OutboxProcess } from '../testing/outbox-world.js';
import { answering, Receiver, thanks } from '../testing/receiver.js';

const LIFE = ['queued', 'submitting', 'in_progress', 'completed'].map((status) => `generation.${status}`);

describe('the outbox', () => {
  let world: OutboxWorld;
  let on: OutboxProcess;
  let receiver: Receiver;
  let secret: string;
  const types = (): unknown[] => receiver.events.map(({ type }) => type);
  const statuses = async (): Promise<string[]> => (await on.rows()).map(({ status }) => status);
  const settles = (expected: readonly string[]): Promise<void> =>
    expect.poll(statuses, { timeout: 10_000 }).toEqual(expected);
  const attempts = (): Promise<WebhookAttempt[]> =>
    world.source.getRepository(WebhookAttempt).find({ order: { number: 'ASC' } });
  const all = (status: string): string[] => Array<string>(LIFE.length).fill(status);

  beforeEach(async () => {
    world = await OutboxWorld.create();
    on = await world.start();
    receiver = await Receiver.open();
    secret = (await on.endpoints.set(KEY, receiver.url)).secret ?? '';
  });
  afterEach(async () => {
    await world.end();
    await receiver.close();
  });

  it('tells of every state in order, signed, and keeps what came of it', async () => {
    const { id } = await on.live();
    await settles(all('delivered'));
    expect(types()).toEqual(LIFE);
    const client = new OpenAI({ apiKey: 'unused' });
    for (const { body, headers } of receiver.received) {
      const event = JSON.parse(body) as Record<string, unknown>;
      expect(await client.webhooks.unwrap(body, headers, secret)).toEqual(event);
      expect(headers['webhook-id']).toBe(event['id']);
      expect(headers['content-type']).toBe('application/json');
    }
    const revisions = receiver.events.map(({ revision }) => revision);
    expect(revisions).toEqual([1, 2, 3, 4]);
    expect(receiver.events.at(-1)).toMatchObject({ object: 'event', data: { id, status: 'completed' } });
    expect((await attempts()).map(({ number, httpStatus, error }) => [number, httpStatus, error])).toEqual(
      all('').map(() => [1, 204, null]),
    );
    expect(on.dispatcher.lanes).toBe(0);
  });

  it('tells in the words of the OpenAI API, of ends only', async () => {
    const { id } = await on.live({ eventFormat: 'openai' });
    const cancelled = await on.generation({ eventFormat: 'openai' });
    await on.store.change(cancelled.id, { status: 'cancelled' }, { from: ['queued'] });
    await settles(['delivered', 'delivered']);
    const client = new OpenAI({ apiKey: 'unused', webhookSecret: secret });
    const events: unknown[] = await Promise.all(
      receiver.received.map(({ body, headers }) => client.webhooks.unwrap(body, headers)),
    );
    const shape = (type: string, video: string): object => ({
      id: expect.stringMatching(/^evt_[0-9a-f]{32}$/) as string,
      object: 'event',
      created_at: expect.any(Number) as number,
      type,
      data: { id: video },
    });
    expect(events).toHaveLength(2);
    expect(events).toContainEqual(shape('video.completed', id));
    expect(events).toContainEqual(shape('video.failed', cancelled.id));
  });

  it('goes where the request says, and costs nothing where nobody wants to know', async () => {
    const other = await Receiver.open();
    await on.live({ webhookUrl: other.url });
    await settles(all('delivered'));
    expect([receiver.received.length, other.received.length]).toEqual([0, 4]);
    await on.endpoints.set(KEY, null);
    await on.live();
    expect(await on.rows()).toHaveLength(4);
    await other.close();
  });

  it('tries again with the same id until it is received, and holds back what comes after', async () => {
    receiver.become((response, { length }) => {
      if (length <= 3) answering(500, {}, 'no\u0000t yet')(response, []);
      else thanks(response, []);
    });
    await on.live();
    await settles(all('delivered'));
    expect(types()).toEqual([...Array<string>(3).fill('generation.queued'), ...LIFE]);
    expect(new Set(receiver.received.slice(0, 4).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const first = (await attempts()).filter(({ httpStatus }) => httpStatus === 500);
    expect(first.map(({ number, answer }) => [number, answer])).toEqual([
      [1, 'no\uFFFDt yet'],
      [2, 'no\uFFFDt yet'],
      [3, 'no\uFFFDt yet'],
    ]);
  });

  it('gives up when the time is over, and goes on with the next', async () => {
    world.settings.retryForMs = 60;
    receiver.become(answering(404));
    await on.generation();
    await settles(['dead']);
    const [row] = await on.rows();
    expect(row?.attempts).toBeGreaterThan(2);
    expect(row).toMatchObject({ waitedMs: 60, lastError: 'The receiver answered with 404.' });
    receiver.become(thanks);
    await on.live();
    await settles(['dead', ...all('delivered')]);
  });

  it('follows no redirect', async () => {
    world.settings.retryForMs = 0;
    const other = await Receiver.open();
    receiver.become(answering(307, { location: other.url }));
    await on.generation();
    await settles(['dead']);
    expect(other.received).toEqual([]);
    expect((await on.rows())[0]?.lastError).toContain(
      `redirect (307) to ${other.url}, which is not followed`,
    );
    await other.close();
  });

  it('turns the webhook of the key off when its receiver is gone', async () => {
    receiver.become(answering(410));
    const { id } = await on.generation();
    await settles(['dead']);
    await expect.poll(() => on.endpoints.of(KEY)?.disabledAt).toBeTypeOf('number');
    await on.store.change(id, { status: 'failed' }, { from: ['queued'] });
    expect(await on.rows()).toHaveLength(1);
    receiver.become(thanks);
    await on.endpoints.set(KEY, receiver.url);
    await on.live();
    await settles(['dead', ...all('delivered')]);
  });

  it('survives receivers that hang, break off, send nonsense or never end', async () => {
    const nonsense: Parameters<Receiver['become']>[0][] = [
      () => undefined,
      (response) => response.socket?.destroy(),
      (response) => response.socket?.end('HTTP/1.1 banana\r\n\r\n'),
      (response) => response.writeHead(500, { 'content-length': '10' }).write('a', () => response.destroy()),
    ];
    receiver.become((response, received) => {
      (nonsense[received.length - 1] ?? thanks)(response, received);
    });
    await on.generation();
    await settles(['delivered']);
    const errors = (await attempts()).map(({ httpStatus, error }) => [httpStatus, error !== null]);
    expect(errors).toEqual([
      [null, true],
      [null, true],
      [null, true],
      [500, true],
      [204, false],
    ]);
    expect((await attempts())[0]?.error).toContain('no answer within 300 ms');
  });

  it('takes the word of a receiver that says yes and then goes on and on', async () => {
    receiver.become((response) => {
      response.writeHead(200);
      const more = (): void => {
        if (!response.destroyed) response.write('x'.repeat(4_096), more);
      };
      more();
    });
    await on.generation();
    await settles(['delivered']);
    expect((await attempts())[0]?.answer).toBe('x'.repeat(1_024));
    expect(receiver.received).toHaveLength(1);
  });

  it('goes on after a start with what was left', async () => {
    receiver.become(answering(503));
    await on.live();
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBeGreaterThan(0);
    await on.stop();
    expect((await on.rows()).every(({ status }) => status === 'pending')).toBe(true);
    receiver.become(thanks);
    const before = receiver.received.length;
    on = await world.start();
    await settles(all('delivered'));
    expect(types().slice(before)).toEqual(LIFE);
  });

  it('signs with both secrets for a while after a rotation', async () => {
    const { secret: fresh } = await on.endpoints.rotate(KEY, 60_000);
    await on.generation();
    await settles(['delivered']);
    const client = new OpenAI({ apiKey: 'unused' });
    const [{ body, headers } = { body: '', headers: {} }] = receiver.received;
    for (const each of [secret, fresh ?? ''])
      expect(await client.webhooks.unwrap(body, headers, each)).toHaveProperty('type');
    expect((await on.endpoints.rotate(KEY, 0)).secret).not.toBe(fresh);
    await on.generation();
    await settles(['delivered', 'delivered']);
    const last = receiver.received.at(-1);
    await expect(client.webhooks.unwrap(last?.body ?? '', last?.headers ?? {}, fresh)).rejects.toThrow();
  });

  it('gives up what nothing can sign any more', async () => {
    receiver.become(answering(500));
    await on.generation({ webhookUrl: receiver.url });
    await on.endpoints.remove(KEY);
    await settles(['dead']);
    expect((await on.rows())[0]?.lastError).toContain('no webhook any more');
  });

  it('does not let a dead receiver delay another', async () => {
    const dead = await Receiver.open(() => undefined);
    world.settings.timeoutMs = 60_000;
    for (let n = 0; n < 20; n += 1) await on.generation({ webhookUrl: dead.url });
    await on.live();
    await expect.poll(types, { timeout: 10_000 }).toEqual(LIFE);
    expect(dead.received.length).toBeLessThanOrEqual(4);
    await dead.close();
    world.settings.timeoutMs = 300;
  });

  it('sends again what is replayed', async () => {
    const { id: generationId } = await on.live();
    await settles(all('delivered'));
    const [first] = await on.rows();
    await on.deliveries.replay(first?.id ?? '', Date.now());
    on.dispatcher.hurry(generationId);
    await expect.poll(types).toEqual([...LIFE, 'generation.queued']);
    await settles(all('delivered'));
    expect((await on.rows())[0]).toMatchObject({ attempts: 2, failures: 0 });
  });

  it.each([
    ['received', 204, 60_000],
    ['given up', 500, 0],
  ])('sends again what is replayed while an attempt is under way that is %s', async (_how, status, ms) => {
    world.settings.retryForMs = ms;
    world.settings.timeoutMs = 60_000;
    let answer = (): void => undefined;
    receiver.become((response, { length }) => {
      if (length > 1) thanks(response, []);
      else
        answer = () => {
          answering(status)(response, []);
        };
    });
    const { id } = await on.generation();
    await expect.poll(() => receiver.received.length).toBe(1);
    const [row] = await on.rows();
    await on.deliveries.replay(row?.id ?? '', Date.now());
    on.dispatcher.hurry(id);
    answer();
    await settles(['delivered']);
    expect((await on.rows())[0]).toMatchObject({ attempts: 2, replays: 1 });
    expect((await attempts()).map(({ httpStatus }) => httpStatus)).toEqual([status, 204]);
  });

  it('counts what became of attempts, and how long the oldest waits', async () => {
    receiver.become((response, { length }) => {
      (length === 1 ? answering(500) : thanks)(response, []);
    });
    await on.generation();
    await settles(['delivered']);
    world.settings.retryForMs = 0;
    receiver.become(answering(500));
    await on.generation();
    await settles(['delivered', 'dead']);
    const text = async (): Promise<string> => on.metrics.metrics();
    for (const outcome of ['delivered', 'failed', 'dead'])
      await expect.poll(text).toContain(`penstock_webhook_attempts_total{outcome="${outcome}"} 1`);
    expect(await text()).toContain('penstock_webhook_oldest_pending_seconds 0');
    receiver.become(() => undefined);
    await on.generation();
    await expect.poll(text).toMatch(/penstock_webhook_oldest_pending_seconds 0\.\d/);
  });

  it('refuses a request whose webhook may not go there or could not be signed', async () => {
    world.settings.allowHttp = false;
    await expect(on.generation({ webhookUrl: receiver.url })).rejects.toMatchObject({
      ...{ code: 'webhook_url_refused', field: 'webhookUrl' },
    });
    const url = 'https://client.example/';
    await on.endpoints.remove(KEY);
    await expect(on.generation({ webhookUrl: url, eventFormat: 'openai' })).rejects.toMatchObject({
      ...{ code: 'webhook_secret_missing', field: 'webhook_url' },
    });
    expect(await on.store.restore()).toEqual([]);
  });
});
