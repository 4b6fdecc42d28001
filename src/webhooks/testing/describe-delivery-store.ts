import { DatabasePool, type PooledDataSource } from 'penstock/database';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { DeliveryStore, type DeliveryPatch } from '../delivery/delivery-store.js';
import { WebhookAttempt } from '../delivery/webhook-attempt.entity.js';
import { WebhookDelivery } from '../delivery/webhook-delivery.entity.js';
import { webhookMigrations } from '../migrations/index.js';
import { WebhookEndpoint } from '../endpoints/webhook-endpoint.entity.js';

/** What a database needs for deliveries. */
export const DELIVERY_SCHEMA = {
  entities: [WebhookAttempt, WebhookDelivery, WebhookEndpoint],
  migrations: webhookMigrations,
};

const ID = 'evt_1';
const DELIVERED = { attempts: 1, status: 'delivered', lastError: null, endedAt: 9 } as const;
const DEAD = { attempts: 1, failures: 1, status: 'dead', lastError: 'no', endedAt: 9 } as const;

/** What the store of deliveries must do on every database. */
export function describeDeliveryStore(where: string, make: () => Promise<PooledDataSource>): void {
  describe(`the deliveries ${where}`, () => {
    let source: PooledDataSource;
    let store: DeliveryStore;

    beforeEach(async () => {
      source = await make();
      store = new DeliveryStore(new DatabasePool(source));
      await source.getRepository(WebhookDelivery).insert({
        id: ID,
        generationId: 'gen_1',
        keyId: 'key_1',
        type: 'generation.queued',
        body: '{}',
        revision: 1,
        status: 'pending',
        attempts: 0,
        failures: 0,
        replays: 0,
        waitedMs: 0,
        pauseMs: 0,
        nextAttemptAt: 5,
        createdAt: 5,
        url: null,
        lastError: null,
        endedAt: null,
      });
    });
    afterEach(() => source.destroy());

    const attempt = (number: number): WebhookAttempt => ({
      deliveryId: ID,
      number,
      at: 6,
      durationMs: 1,
      url: 'https://client.example/',
      httpStatus: 204,
      error: null,
      answer: null,
    });
    const settle = (replays: number, patch: DeliveryPatch, number = 1): Promise<void> =>
      store.settle({ id: ID, replays }, patch, { attempt: attempt(number) });
    const numbers = async (): Promise<number[]> => (await store.attemptsOf(ID)).map(({ number }) => number);

    it('settle as the attempt ended, with the attempt', async () => {
      await settle(0, DELIVERED);
      expect([await store.find(ID), await numbers()]).toMatchObject([DELIVERED, [1]]);
    });

    it.each([
      ['received', DELIVERED],
      ['given up', DEAD],
      ['tried again', { attempts: 1, failures: 1, pauseMs: 70, waitedMs: 70, nextAttemptAt: 76 }],
    ])('are due although an attempt from before the replay was %s', async (_how, patch) => {
      await store.replay(ID, 8);
      await settle(0, patch);
      expect(await store.find(ID)).toMatchObject({
        status: 'pending',
        attempts: 1,
        failures: 0,
        replays: 1,
        waitedMs: 0,
        pauseMs: 0,
        nextAttemptAt: 8,
        endedAt: null,
      });
      expect(await numbers()).toEqual([1]);
      await settle(1, { ...DELIVERED, attempts: 2 }, 2);
      expect(await store.find(ID)).toMatchObject({ status: 'delivered', attempts: 2 });
    });

    it('are due after a replay and a settlement at once, in whichever order they commit', async () => {
      for (let round = 0; round < 20; round += 1) {
        const { attempts = -1, replays = -1 } = (await store.find(ID)) ?? {};
        const patch = { ...DELIVERED, attempts: attempts + 1 };
        await Promise.all([settle(replays, patch, attempts + 1), store.replay(ID, 8)]);
        expect(await store.find(ID)).toMatchObject({
          status: 'pending',
          endedAt: null,
          attempts: attempts + 1,
          replays: replays + 1,
        });
      }
      expect(await numbers()).toHaveLength(20);
    });

    it('count each replay', async () => {
      await Promise.all(Array.from({ length: 10 }, () => store.replay(ID, 8)));
      expect((await store.find(ID))?.replays).toBe(10);
      expect(await store.replay('evt_2', 8)).toBeNull();
    });

    it('change nothing else in the name of an attempt from before the replay', async () => {
      const done: string[] = [];
      const more = (): Promise<void> => Promise.resolve(void done.push('more'));
      await store.replay(ID, 8);
      await store.settle({ id: ID, replays: 0 }, DEAD, { attempt: attempt(1), more });
      expect(done).toEqual([]);
      await store.settle({ id: ID, replays: 1 }, DEAD, { attempt: attempt(2), more });
      expect(done).toEqual(['more']);
    });

    it('take a settlement again that was stored although nobody heard of it', async () => {
      await settle(0, DELIVERED);
      await settle(0, DELIVERED);
      expect([await store.find(ID), await numbers()]).toMatchObject([DELIVERED, [1]]);
    });

    it('tell since when the oldest waits', async () => {
      expect(await store.oldestPendingAt()).toBe(5);
      await settle(0, DELIVERED);
      expect(await store.oldestPendingAt()).toBeNull();
    });
  });
}
