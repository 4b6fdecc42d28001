import { Injectable } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { In, IsNull, LessThan, MoreThan, Not, type EntityManager } from 'typeorm';

import { AssetCopy } from './asset-copy.entity.js';

/** Which copy. */
export type CopyId = Pick<AssetCopy, 'generationId' | 'position'>;

/** Where a sink has a content. */
export interface ContentPlace {
  readonly sink: string;
  readonly contentKey: string;
}

type CopyPatch = Partial<Omit<AssetCopy, keyof CopyId | 'createdAt'>>;

/** Copies in the database. */
@Injectable()
export class CopyStore {
  constructor(private readonly pool: DatabasePool) {}

  /** Asks for copies, in the transaction of whoever knows that there is something to copy. Those that there are stay. */
  async add(manager: EntityManager, copies: readonly AssetCopy[]): Promise<void> {
    if (copies.length === 0) return;
    await manager
      .createQueryBuilder()
      .insert()
      .into(AssetCopy)
      .values([...copies])
      .orIgnore()
      .execute();
  }

  /** Adds a copy that is stored already, or puts it in the place of an earlier one; it survives a power cut. */
  async put(copy: AssetCopy): Promise<void> {
    await this.pool.transaction((manager) => manager.save(AssetCopy, copy), { durable: true });
  }

  /** Writes down where the content of a copy that is to be made will be, so that it survives a power cut. @returns whether it is to be made */
  async prepare({ generationId, position }: CopyId, place: ContentPlace | null): Promise<boolean> {
    const { affected } = await this.pool.transaction(
      (manager) =>
        manager.update(
          AssetCopy,
          { generationId, position, status: 'pending' },
          place ?? { sink: null, contentKey: null },
        ),
      { durable: true },
    );
    return (affected ?? 0) > 0;
  }

  /** Adds a copy of which nothing may be left but what becomes of it from now on; one that there is stays. It survives a power cut. */
  async announce(copy: AssetCopy): Promise<void> {
    await this.pool.transaction((manager) => this.add(manager, [copy]), { durable: true });
  }

  /** Nobody wants the copies of these generations any more; part of the transaction that deletes them. */
  async abandon(manager: EntityManager, generationIds: readonly string[]): Promise<void> {
    await manager.update(AssetCopy, { generationId: In([...generationIds]) }, { status: 'unwanted' });
  }

  find({ generationId, position }: CopyId): Promise<AssetCopy | null> {
    return this.pool.read((manager) => manager.findOneBy(AssetCopy, { generationId, position }));
  }

  /**
   * Copies that are due, in their order. One that lies further ahead than its pause is due, too: the clock was set back since.
   *
   * @param at - now, in milliseconds since 1970
   */
  due(at: number, limit: number): Promise<readonly AssetCopy[]> {
    return this.pool.read((manager) =>
      manager
        .createQueryBuilder(AssetCopy, 'c')
        .where({ status: 'pending' })
        .andWhere('(c.nextAttemptAt <= :at OR c.nextAttemptAt - c.pauseMs > :at)', { at })
        .orderBy('c.nextAttemptAt')
        .addOrderBy('c.position')
        .take(limit)
        .getMany(),
    );
  }

  /** When the next copy is due that is not due yet; `null` for none. In milliseconds since 1970. */
  async nextDueAt(at: number): Promise<number | null> {
    const [next] = await this.pool.read((manager) =>
      manager.find(AssetCopy, {
        where: { status: 'pending', nextAttemptAt: MoreThan(at) },
        order: { nextAttemptAt: 'ASC' },
        take: 1,
      }),
    );
    return next?.nextAttemptAt ?? null;
  }

  /** Changes a copy that is to be made. @returns whether it was */
  async settle({ generationId, position }: CopyId, patch: CopyPatch): Promise<boolean> {
    const { affected } = await this.pool.transaction(
      (manager) => manager.update(AssetCopy, { generationId, position, status: 'pending' }, patch),
      { grouped: true },
    );
    return (affected ?? 0) > 0;
  }

  /** The content of a copy is gone: it is to be made again. */
  async lose({ generationId, position }: CopyId, at: number): Promise<void> {
    const afresh = {
      attempts: 0,
      pauseMs: 0,
      nextAttemptAt: at,
      sink: null,
      contentKey: null,
      storedAt: null,
    };
    await this.pool.transaction((manager) =>
      manager.update(
        AssetCopy,
        { generationId, position, status: 'stored' },
        { ...afresh, status: 'pending' },
      ),
    );
  }

  /** Whether a stored copy has this content. */
  isHeld(place: ContentPlace): Promise<boolean> {
    return this.pool.read((manager) => manager.existsBy(AssetCopy, { ...place, status: 'stored' }));
  }

  /** Those of the contents of a sink that a stored copy has, by one query. */
  async heldAmong(sink: string, contentKeys: readonly string[]): Promise<ReadonlySet<string>> {
    const held = await this.pool.read((manager) =>
      manager.find(AssetCopy, {
        select: { generationId: true, position: true, contentKey: true },
        where: { sink, contentKey: In([...contentKeys]), status: 'stored' },
      }),
    );
    return new Set(held.flatMap(({ contentKey }) => contentKey ?? []));
  }

  /** Copies whose content, if any, is to go, but for those in the sinks `except`. */
  leaving(limit: number, except: ReadonlySet<string> = new Set()): Promise<readonly AssetCopy[]> {
    const sink = Not(In([...except]));
    return this.pool.read((manager) =>
      manager.find(AssetCopy, {
        where: [
          { status: 'unwanted', sink },
          { status: 'unwanted', sink: IsNull() },
          { status: 'evicted', sink, contentKey: Not(IsNull()) },
        ],
        take: limit,
      }),
    );
  }

  /** Forgets where the content of a copy was, or the copy of a generation that is deleted. */
  async forget({ generationId, position, status }: AssetCopy): Promise<void> {
    const row = { generationId, position, status };
    await this.pool.transaction(async (manager) => {
      if (status === 'unwanted') await manager.delete(AssetCopy, row);
      else await manager.update(AssetCopy, row, { sink: null, contentKey: null });
    });
  }

  /** Takes away copies that were stored before `at`; younger ones of the same content stay. */
  async evictBefore(at: number): Promise<void> {
    await this.pool.transaction((manager) =>
      manager.update(AssetCopy, { status: 'stored', storedAt: LessThan(at) }, { status: 'evicted' }),
    );
  }

  /** Takes away the content that was stored first, with all copies of it. @returns its bytes; `null` when there is none */
  async evictOldest(): Promise<number | null> {
    const [oldest] = await this.pool.read((manager) =>
      manager.find(AssetCopy, { where: { status: 'stored' }, order: { storedAt: 'ASC' }, take: 1 }),
    );
    if (oldest === undefined) return null;
    const { sink, contentKey, bytes } = oldest;
    if (sink === null || contentKey === null) return null;
    await this.pool.transaction((manager) =>
      manager.update(AssetCopy, { sink, contentKey, status: 'stored' }, { status: 'evicted' }),
    );
    return bytes ?? 0;
  }

  /** The bytes of all contents that are stored, each counted once. */
  async storedBytes(): Promise<number> {
    const contents = await this.pool.read((manager) =>
      manager
        .createQueryBuilder(AssetCopy, 'c')
        .select('MAX(c.bytes)', 'bytes')
        .where({ status: 'stored' })
        .groupBy('c.sink')
        .addGroupBy('c.contentKey')
        .getRawMany<{ bytes: string | number | null }>(),
    );
    return contents.reduce((sum, { bytes }) => sum + Number(bytes ?? 0), 0);
  }
}
