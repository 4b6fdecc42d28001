import { Injectable } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { In, LessThan, type EntityManager } from 'typeorm';

import type { Cursor } from '../../http/index.js';
import { WebhookAttempt } from './webhook-attempt.entity.js';
import { WebhookDelivery, type DeliveryStatus } from './webhook-delivery.entity.js';

/** What is needed to know when and where a delivery goes, without its body. */
export type DeliveryHead = Pick<
  WebhookDelivery,
  'id' | 'keyId' | 'url' | 'attempts' | 'replays' | 'waitedMs' | 'pauseMs' | 'nextAttemptAt'
>;

/** What an attempt makes of a delivery. */
export type DeliveryPatch = Partial<
  Pick<
    WebhookDelivery,
    'status' | 'attempts' | 'failures' | 'waitedMs' | 'pauseMs' | 'nextAttemptAt' | 'lastError' | 'endedAt'
  >
>;

/** Which deliveries to list, newest first. */
export interface DeliveryQuery {
  readonly status?: DeliveryStatus | undefined;
  readonly keyId?: string | undefined;
  readonly generationId?: string | undefined;
  readonly limit: number;
  readonly after?: Cursor | undefined;
}

/** A delivery as it was when an attempt began. */
export type DeliveryState = Pick<WebhookDelivery, 'id' | 'replays'>;

/** What is changed in the same transaction. */
export type AlongWrite = (manager: EntityManager) => Promise<void>;

/** Rows that one clean-up removes at most. */
const PRUNED_AT_ONCE = 500;

/** Deliveries and their attempts in the database. */
@Injectable()
export class DeliveryStore {
  constructor(private readonly pool: DatabasePool) {}

  /** The generations that have something to deliver, those that have waited longest first. */
  async generationsPending(): Promise<readonly string[]> {
    const rows = await this.pool.read((manager) =>
      manager
        .createQueryBuilder(WebhookDelivery, 'd')
        .select('d.generationId', 'id')
        .where({ status: 'pending' })
        .groupBy('d.generationId')
        .orderBy('MIN(d.createdAt)')
        .getRawMany<{ id: string }>(),
    );
    return rows.map(({ id }) => id);
  }

  /** When the oldest of those that are pending was created; `null` for none. */
  async oldestPendingAt(): Promise<number | null> {
    const [oldest] = await this.pool.read((manager) =>
      manager.find(WebhookDelivery, {
        where: { status: 'pending' },
        order: { createdAt: 'ASC' },
        select: { id: true, createdAt: true },
        take: 1,
      }),
    );
    return oldest?.createdAt ?? null;
  }

  /** The delivery of a generation whose turn it is. */
  head(generationId: string): Promise<DeliveryHead | null> {
    return this.pool.read((manager) =>
      manager.findOne(WebhookDelivery, {
        where: { generationId, status: 'pending' },
        order: { revision: 'ASC' },
        select: {
          id: true,
          keyId: true,
          url: true,
          attempts: true,
          replays: true,
          waitedMs: true,
          pauseMs: true,
          nextAttemptAt: true,
        },
      }),
    );
  }

  find(id: string): Promise<WebhookDelivery | null> {
    return this.pool.read((manager) => manager.findOneBy(WebhookDelivery, { id }));
  }

  attemptsOf(deliveryId: string): Promise<readonly WebhookAttempt[]> {
    return this.pool.read((manager) =>
      manager.find(WebhookAttempt, { where: { deliveryId }, order: { number: 'DESC' }, take: 100 }),
    );
  }

  /**
   * Changes a delivery that is pending, unless it was replayed since: then the attempt is kept and counted, and nothing else.
   * Safe to repeat.
   *
   * @param attempt - what led to it, kept beside it
   * @param more - what else is changed in the same transaction
   */
  async settle(
    { id, replays }: DeliveryState,
    patch: DeliveryPatch,
    { attempt, more }: { readonly attempt?: WebhookAttempt; readonly more?: AlongWrite | undefined } = {},
  ): Promise<void> {
    await this.pool.transaction(
      async (manager) => {
        if (attempt !== undefined)
          await manager
            .createQueryBuilder()
            .insert()
            .into(WebhookAttempt)
            .values(attempt)
            .orIgnore()
            .execute();
        const before = { id, replays, status: 'pending' as const };
        const { affected } = await manager.update(WebhookDelivery, before, patch);
        if (affected !== 0) await more?.(manager);
        else if (attempt !== undefined)
          await manager.update(WebhookDelivery, { id }, { attempts: attempt.number });
      },
      { grouped: true },
    );
  }

  /** Makes a delivery due at once, whatever became of it. @returns `null` when there is none */
  replay(id: string, at: number): Promise<WebhookDelivery | null> {
    const afresh = { failures: 0, waitedMs: 0, pauseMs: 0, nextAttemptAt: at, endedAt: null };
    const patch = { ...afresh, status: 'pending' as const };
    return this.pool.transaction(async (manager) => {
      await manager.update(WebhookDelivery, { id }, { ...patch, replays: () => 'replays + 1' });
      return manager.findOneBy(WebhookDelivery, { id });
    });
  }

  list({ status, keyId, generationId, limit, after }: DeliveryQuery): Promise<readonly WebhookDelivery[]> {
    return this.pool.read((manager) => {
      const query = manager
        .createQueryBuilder(WebhookDelivery, 'd')
        .orderBy('d.createdAt', 'DESC')
        .addOrderBy('d.id', 'DESC')
        .take(limit);
      if (status !== undefined) query.andWhere('d.status = :status', { status });
      if (keyId !== undefined) query.andWhere('d.keyId = :keyId', { keyId });
      if (generationId !== undefined) query.andWhere('d.generationId = :generationId', { generationId });
      if (after !== undefined) {
        query.andWhere('(d.createdAt < :at OR (d.createdAt = :at AND d.id < :after))', {
          at: after.createdAt,
          after: after.id,
        });
      }
      return query.getMany();
    });
  }

  /** Removes some of those that ended before `at`. @returns how many */
  prune(at: number): Promise<number> {
    return this.pool.transaction(async (manager) => {
      const old = await manager.find(WebhookDelivery, {
        where: { status: In(['delivered', 'dead']), createdAt: LessThan(at), endedAt: LessThan(at) },
        select: { id: true },
        take: PRUNED_AT_ONCE,
      });
      const ids = old.map(({ id }) => id);
      if (ids.length === 0) return 0;
      await manager.delete(WebhookAttempt, { deliveryId: In(ids) });
      await manager.delete(WebhookDelivery, { id: In(ids) });
      return ids.length;
    });
  }
}
