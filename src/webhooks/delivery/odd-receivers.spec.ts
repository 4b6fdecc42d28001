import { describe, expect, it } from 'vitest';

import { KEY } from '../testing/outbox-world.js';
import { answering, Receiver, thanks } from '../testing/receiver.js';
import { all, LIFE, SendingOutbox } from '../testing/sending-outbox.js';

describe('the outbox, with receivers that do not take what they are sent,', () => {
  const on = new SendingOutbox();

  it('tries again with the same id until it is received, and holds back what comes after', async () => {
    on.receiver.become((response, { length }) => {
      if (length <= 3) answering(500, {}, 'no\u0000t yet')(response, []);
      else thanks(response, []);
    });
    await on.process.live();
    await on.settles(all('delivered'));
    expect(on.types()).toEqual([...Array<string>(3).fill('generation.queued'), ...LIFE]);
    expect(new Set(on.receiver.received.slice(0, 4).map(({ headers }) => headers['webhook-id'])).size).toBe(
      1,
    );
    const first = (await on.attempts()).filter(({ httpStatus }) => httpStatus === 500);
    expect(first.map(({ number, answer }) => [number, answer])).toEqual([
      [1, 'no\uFFFDt yet'],
      [2, 'no\uFFFDt yet'],
      [3, 'no\uFFFDt yet'],
    ]);
  });

  it('gives up when the time is over, and goes on with the next', async () => {
    on.world.settings.retryForMs = 60;
    on.receiver.become(answering(404));
    await on.process.generation();
    await on.settles(['dead']);
    const [row] = await on.process.rows();
    expect(row?.attempts).toBeGreaterThan(2);
    expect(row).toMatchObject({ waitedMs: 60, lastError: 'The receiver answered with 404.' });
    on.receiver.become(thanks);
    await on.process.live();
    await on.settles(['dead', ...all('delivered')]);
  });

  it('follows no redirect', async () => {
    on.world.settings.retryForMs = 0;
    const other = await Receiver.open();
    on.receiver.become(answering(307, { location: other.url }));
    await on.process.generation();
    await on.settles(['dead']);
    expect(other.received).toEqual([]);
    expect((await on.process.rows())[0]?.lastError).toContain(
      `redirect (307) to ${other.url}, which is not followed`,
    );
    await other.close();
  });

  it('turns the webhook of the key off when its receiver is gone', async () => {
    on.receiver.become(answering(410));
    const { id } = await on.process.generation();
    await on.settles(['dead']);
    await expect.poll(() => on.process.endpoints.of(KEY)?.disabledAt).toBeTypeOf('number');
    await on.process.store.change(id, { status: 'failed' }, { from: ['queued'] });
    expect(await on.process.rows()).toHaveLength(1);
    on.receiver.become(thanks);
    await on.process.endpoints.set(KEY, on.receiver.url);
    await on.process.live();
    await on.settles(['dead', ...all('delivered')]);
  });

  it('survives receivers that hang, break off, send nonsense or never end', async () => {
    const nonsense: Parameters<Receiver['become']>[0][] = [
      () => undefined,
      (response) => response.socket?.destroy(),
      (response) => response.socket?.end('HTTP/1.1 banana\r\n\r\n'),
      (response) => response.writeHead(500, { 'content-length': '10' }).write('a', () => response.destroy()),
    ];
    on.receiver.become((response, received) => {
      (nonsense[received.length - 1] ?? thanks)(response, received);
    });
    await on.process.generation();
    await on.settles(['delivered']);
    const errors = (await on.attempts()).map(({ httpStatus, error }) => [httpStatus, error !== null]);
    expect(errors).toEqual([
      [null, true],
      [null, true],
      [null, true],
      [500, true],
      [204, false],
    ]);
    expect((await on.attempts())[0]?.error).toContain('no answer within 300 ms');
  });

  it('takes the word of a receiver that says yes and then goes on and on', async () => {
    on.receiver.become((response) => {
      response.writeHead(200);
      const more = (): void => {
        if (!response.destroyed) response.write('x'.repeat(4_096), more);
      };
      more();
    });
    await on.process.generation();
    await on.settles(['delivered']);
    expect((await on.attempts())[0]?.answer).toBe('x'.repeat(1_024));
    expect(on.receiver.received).toHaveLength(1);
  });

  it('gives up what nothing can sign any more', async () => {
    on.receiver.become(answering(500));
    await on.process.generation({ webhookUrl: on.receiver.url });
    await on.process.endpoints.remove(KEY);
    await on.settles(['dead']);
    expect((await on.process.rows())[0]?.lastError).toContain('no webhook any more');
  });

  it('does not let a dead receiver delay another', async () => {
    const dead = await Receiver.open(() => undefined);
    on.world.settings.timeoutMs = 60_000;
    for (let n = 0; n < 20; n += 1) await on.process.generation({ webhookUrl: dead.url });
    await on.process.live();
    await expect.poll(() => on.types(), { timeout: 10_000 }).toEqual(LIFE);
    expect(dead.received.length).toBeLessThanOrEqual(4);
    await dead.close();
    on.world.settings.timeoutMs = 300;
  });
});
