import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';

import { KEY } from '../testing/outbox-world.js';
import { answering, Receiver, thanks } from '../testing/receiver.js';
import { all, LIFE, SendingOutbox } from '../testing/sending-outbox.js';

describe('the outbox', () => {
  const on = new SendingOutbox();

  it('tells of every state in order, signed, and keeps what came of it', async () => {
    const { id } = await on.process.live();
    await on.settles(all('delivered'));
    expect(on.types()).toEqual(LIFE);
    const client = new OpenAI({ apiKey: 'unused' });
    for (const { body, headers } of on.receiver.received) {
      const event = JSON.parse(body) as Record<string, unknown>;
      expect(await client.webhooks.unwrap(body, headers, on.secret)).toEqual(event);
      expect(headers['webhook-id']).toBe(event['id']);
      expect(headers['content-type']).toBe('application/json');
    }
    const revisions = on.receiver.events.map(({ revision }) => revision);
    expect(revisions).toEqual([1, 2, 3, 4]);
    expect(on.receiver.events.at(-1)).toMatchObject({ object: 'event', data: { id, status: 'completed' } });
    expect((await on.attempts()).map(({ number, httpStatus, error }) => [number, httpStatus, error])).toEqual(
      all('').map(() => [1, 204, null]),
    );
    expect(on.process.dispatcher.lanes).toBe(0);
  });

  it('tells in the words of the OpenAI API, of ends only', async () => {
    const { id } = await on.process.live({ eventFormat: 'openai' });
    const cancelled = await on.process.generation({ eventFormat: 'openai' });
    await on.process.store.change(cancelled.id, { status: 'cancelled' }, { from: ['queued'] });
    await on.settles(['delivered', 'delivered']);
    const client = new OpenAI({ apiKey: 'unused', webhookSecret: on.secret });
    const events: unknown[] = await Promise.all(
      on.receiver.received.map(({ body, headers }) => client.webhooks.unwrap(body, headers)),
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
    await on.process.live({ webhookUrl: other.url });
    await on.settles(all('delivered'));
    expect([on.receiver.received.length, other.received.length]).toEqual([0, 4]);
    await on.process.endpoints.set(KEY, null);
    await on.process.live();
    expect(await on.process.rows()).toHaveLength(4);
    await other.close();
  });

  it('goes on after a start with what was left', async () => {
    on.receiver.become(answering(503));
    await on.process.live();
    await expect.poll(() => on.receiver.received.length, { timeout: 10_000 }).toBeGreaterThan(0);
    await on.process.stop();
    expect((await on.process.rows()).every(({ status }) => status === 'pending')).toBe(true);
    on.receiver.become(thanks);
    const before = on.receiver.received.length;
    await on.start();
    await on.settles(all('delivered'));
    expect(on.types().slice(before)).toEqual(LIFE);
  });

  it('signs with both secrets for a while after a rotation', async () => {
    const { secret: fresh } = await on.process.endpoints.rotate(KEY, 60_000);
    await on.process.generation();
    await on.settles(['delivered']);
    const client = new OpenAI({ apiKey: 'unused' });
    const [{ body, headers } = { body: '', headers: {} }] = on.receiver.received;
    for (const each of [on.secret, fresh ?? ''])
      expect(await client.webhooks.unwrap(body, headers, each)).toHaveProperty('type');
    expect((await on.process.endpoints.rotate(KEY, 0)).secret).not.toBe(fresh);
    await on.process.generation();
    await on.settles(['delivered', 'delivered']);
    const last = on.receiver.received.at(-1);
    await expect(client.webhooks.unwrap(last?.body ?? '', last?.headers ?? {}, fresh)).rejects.toThrow();
  });

  it('sends again what is replayed', async () => {
    const { id: generationId } = await on.process.live();
    await on.settles(all('delivered'));
    const [first] = await on.process.rows();
    await on.process.deliveries.replay(first?.id ?? '', Date.now());
    on.process.dispatcher.hurry(generationId);
    await expect.poll(() => on.types()).toEqual([...LIFE, 'generation.queued']);
    await on.settles(all('delivered'));
    expect((await on.process.rows())[0]).toMatchObject({ attempts: 2, failures: 0 });
  });

  it.each([
    ['received', 204, 60_000],
    ['given up', 500, 0],
  ])('sends again what is replayed while an attempt is under way that is %s', async (_how, status, ms) => {
    on.world.settings.retryForMs = ms;
    on.world.settings.timeoutMs = 60_000;
    let answer = (): void => undefined;
    on.receiver.become((response, { length }) => {
      if (length > 1) thanks(response, []);
      else
        answer = () => {
          answering(status)(response, []);
        };
    });
    const { id } = await on.process.generation();
    await expect.poll(() => on.receiver.received.length).toBe(1);
    const [row] = await on.process.rows();
    await on.process.deliveries.replay(row?.id ?? '', Date.now());
    on.process.dispatcher.hurry(id);
    answer();
    await on.settles(['delivered']);
    expect((await on.process.rows())[0]).toMatchObject({ attempts: 2, replays: 1 });
    expect((await on.attempts()).map(({ httpStatus }) => httpStatus)).toEqual([status, 204]);
  });

  it('counts what became of attempts, and how long the oldest waits', async () => {
    on.receiver.become((response, { length }) => {
      (length === 1 ? answering(500) : thanks)(response, []);
    });
    await on.process.generation();
    await on.settles(['delivered']);
    on.world.settings.retryForMs = 0;
    on.receiver.become(answering(500));
    await on.process.generation();
    await on.settles(['delivered', 'dead']);
    const text = async (): Promise<string> => on.process.metrics.metrics();
    for (const outcome of ['delivered', 'failed', 'dead'])
      await expect.poll(text).toContain(`penstock_webhook_attempts_total{outcome="${outcome}"} 1`);
    expect(await text()).toContain('penstock_webhook_oldest_pending_seconds 0');
    on.receiver.become(() => undefined);
    await on.process.generation();
    await expect.poll(text).toMatch(/penstock_webhook_oldest_pending_seconds 0\.\d/);
  });

  it('refuses a request whose webhook may not go there or could not be signed', async () => {
    on.world.settings.allowHttp = false;
    await expect(on.process.generation({ webhookUrl: on.receiver.url })).rejects.toMatchObject({
      code: 'webhook_url_refused',
      field: 'webhookUrl',
    });
    const url = 'https://client.example/';
    await on.process.endpoints.remove(KEY);
    await expect(on.process.generation({ webhookUrl: url, eventFormat: 'openai' })).rejects.toMatchObject({
      code: 'webhook_secret_missing',
      field: 'webhook_url',
    });
    expect(await on.process.store.restore()).toEqual([]);
  });
});
