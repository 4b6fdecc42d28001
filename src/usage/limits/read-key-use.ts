import { In, MoreThan, type EntityManager } from 'typeorm';

import { ApiKey } from '../../auth/api-key.entity.js';
import type { KeyLimits } from '../../auth/index.js';
import { UNFINISHED } from '../../generations/generation-status.js';
import { Generation } from '../../generations/generation.entity.js';
import { UsageRow } from '../ledger/usage-row.entity.js';
import { utcDay } from '../ledger/utc-day.js';
import { KeyUse, MINUTE_MS } from './key-use.js';
import type { Moment } from './key-standing.js';

/** The use of a key as the database knows it. */
export interface StoredUse {
  readonly limits: KeyLimits;
  readonly use: KeyUse;
  /** Changes up to this serial are in it. */
  readonly serial: number;
}

/** Reads it in one snapshot. `null` for a key without limits, or one that is gone. */
export async function readKeyUse(
  manager: EntityManager,
  keyId: string,
  { now, at }: Moment,
): Promise<StoredUse | null> {
  const key = await manager.findOneBy(ApiKey, { id: keyId });
  if (key?.limits == null) return null;
  const day = utcDay(now);
  const use = new KeyUse(day, await usedOn(manager, keyId, day));
  const select = { id: true, createdAt: true } as const;
  const unended = await manager.find(Generation, {
    select,
    where: { ownerId: keyId, status: In(UNFINISHED) },
  });
  for (const { id, createdAt } of unended) use.restore({ id, day: utcDay(createdAt) });
  const recent = await manager.find(Generation, {
    select,
    where: { ownerId: keyId, createdAt: MoreThan(now - MINUTE_MS) },
    order: { createdAt: 'ASC', id: 'ASC' },
  });
  // A time that is still to come was read from a clock that was set back since.
  for (const { id, createdAt } of recent) use.restoreRecent(id, at - Math.max(0, now - createdAt));
  return { limits: key.limits, use, serial: (await manager.maximum(Generation, 'serial')) ?? 0 };
}

/** What ended of a day and counts. */
async function usedOn(manager: EntityManager, keyId: string, day: string): Promise<number> {
  const rows = await manager.findBy(UsageRow, { keyId, day, outcome: In(['completed', 'cancelled']) });
  return rows.reduce((sum, { generations, unsent }) => sum + generations - unsent, 0);
}
