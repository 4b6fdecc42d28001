import { Injectable } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';

import { DIMENSIONS, filtered, type Dimension, type UsageFilter, type UsageQuery } from './usage-query.js';
import { OUTCOMES, USAGE_KEY, UsageRow, type Outcome, type UsageKey } from './usage-row.entity.js';

/** A sum of usage. What it is not grouped by is left out. */
export type UsageSum = Readonly<Partial<Record<Dimension, string>>> &
  Readonly<Record<Outcome, number>> & {
    /** Of what was completed, in milliseconds. */
    readonly mediaMs: number;
    readonly workMs: number;
  };

/** Reads the ledger. */
@Injectable()
export class UsageQueries {
  constructor(private readonly pool: DatabasePool) {}

  /** Sums, ordered by what they are grouped by; one sum of all when by nothing. */
  async sums({ filter, groupBy, limit, offset }: UsageQuery): Promise<readonly UsageSum[]> {
    const rows = await this.pool.read((manager) => {
      const select = filtered(manager.createQueryBuilder(UsageRow, 'u').select([]), filter);
      for (const name of groupBy) {
        select.addSelect(`u.${DIMENSIONS[name]}`, name).addGroupBy(`u.${DIMENSIONS[name]}`);
        select.addOrderBy(`u.${DIMENSIONS[name]}`, 'ASC');
      }
      for (const outcome of OUTCOMES)
        select.addSelect(`SUM(CASE WHEN u.outcome = '${outcome}' THEN u.generations ELSE 0 END)`, outcome);
      select
        .addSelect('SUM(u.mediaMs)', 'media')
        .addSelect(`SUM(CASE WHEN u.outcome = 'completed' THEN u.workMs ELSE 0 END)`, 'work');
      return select.limit(limit).offset(offset).getRawMany<Record<string, unknown>>();
    });
    return rows.map((row) => sumOf(row, groupBy));
  }

  /** Rows by their key, of which the first `limit` behind `after`. */
  rows(filter: UsageFilter, after: UsageKey | null, limit: number): Promise<readonly UsageRow[]> {
    return this.pool.read((manager) => {
      const select = filtered(manager.createQueryBuilder(UsageRow, 'u'), filter).take(limit);
      for (const column of USAGE_KEY) select.addOrderBy(`u.${column}`, 'ASC');
      if (after !== null) {
        const columns = USAGE_KEY.map((column) => `u.${column}`).join(', ');
        const values = USAGE_KEY.map((column) => `:after_${column}`).join(', ');
        const parameters = USAGE_KEY.map((column) => [`after_${column}`, after[column]] as const);
        select.andWhere(`(${columns}) > (${values})`, Object.fromEntries<string>(parameters));
      }
      return select.getMany();
    });
  }
}

/** PostgreSQL hands out sums as texts, and `null` where there is nothing to add. */
function sumOf(row: Readonly<Record<string, unknown>>, groupBy: readonly Dimension[]): UsageSum {
  const number = (name: string): number => Number(row[name] ?? 0);
  return {
    ...Object.fromEntries(groupBy.map((name) => [name, String(row[name])])),
    completed: number('completed'),
    failed: number('failed'),
    cancelled: number('cancelled'),
    mediaMs: number('media'),
    workMs: number('work'),
  };
}
