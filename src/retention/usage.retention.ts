import { DatabasePool } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import { Settings } from 'penstock/settings';
import { LessThan } from 'typeorm';

import { USAGE_KEY, UsageRow, type UsageKey } from '../usage/ledger/usage-row.entity.js';
import { utcDay } from '../usage/ledger/utc-day.js';
import { Retained, type RetainedRows } from './retained-rows.js';
import { daysInMs, retentionSettings } from './retention.settings.js';

/** Forgets what was used some time ago. */
@Retained('usage')
export class UsageRetention implements RetainedRows {
  constructor(
    private readonly pool: DatabasePool,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async prune(limit: number): Promise<number> {
    const { usageDays } = this.settings.get(retentionSettings);
    if (usageDays === 0) return 0;
    const day = LessThan(utcDay(this.clock.now() - daysInMs(usageDays)));
    const doomed = await this.pool.read((manager) =>
      manager.find(UsageRow, { where: { day }, order: { day: 'ASC' }, take: limit }),
    );
    if (doomed.length === 0) return 0;
    await this.pool.transaction(
      async (manager) => {
        for (const row of doomed) await manager.delete(UsageRow, keyOf(row));
      },
      { label: 'retention of usage' },
    );
    return doomed.length;
  }
}

const keyOf = (row: UsageRow): UsageKey =>
  Object.fromEntries(USAGE_KEY.map((column) => [column, row[column]])) as UsageKey;
