import { Injectable } from '@nestjs/common';
import type { Priority } from 'penstock/balancer';
import { DatabasePool } from 'penstock/database';

import { GenerationStore } from './generation-store.js';
import type { GenerationStatus } from './generation-status.js';
import { Generation } from './generation.entity.js';

/** Which generations, and in which order. */
export interface GenerationQuery {
  /** Only those of this API key; of all keys when `null`. */
  readonly ownerId: string | null;
  readonly kind?: string;
  readonly model?: string;
  readonly statuses?: readonly GenerationStatus[];
  readonly priority?: Priority;
  /** By creation. */
  readonly order: 'asc' | 'desc';
  /** The most to return. */
  readonly limit: number;
  /** Only those that come after this one in the order. */
  readonly after: Pick<Generation, 'id' | 'createdAt'> | null;
}

/** Lists of generations. */
@Injectable()
export class GenerationQueries {
  constructor(
    private readonly pool: DatabasePool,
    private readonly store: GenerationStore,
  ) {}

  /** How many generations of an API key there are in each state. */
  async countOf(ownerId: string): Promise<Readonly<Record<GenerationStatus, number>>> {
    const rows = await this.pool.read((manager) =>
      manager
        .createQueryBuilder(Generation, 'g')
        .select('g.status', 'status')
        .addSelect('COUNT(*)', 'count')
        .where('g.ownerId = :ownerId', { ownerId })
        .groupBy('g.status')
        .getRawMany<{ readonly status: GenerationStatus; readonly count: number | string }>(),
    );
    const counts = { queued: 0, submitting: 0, in_progress: 0, completed: 0, failed: 0, cancelled: 0 };
    for (const { status, count } of rows) counts[status] = Number(count);
    return counts;
  }

  /** Reads a page by its keyset: as fast at the end of a long list as at its beginning. */
  async page(query: GenerationQuery): Promise<readonly Generation[]> {
    const rows = await this.pool.read((manager) => {
      const select = manager.createQueryBuilder(Generation, 'g').take(query.limit);
      const direction = query.order === 'asc' ? 'ASC' : 'DESC';
      select.orderBy('g.createdAt', direction).addOrderBy('g.id', direction);
      const { ownerId, kind, model, statuses, priority, after } = query;
      if (ownerId !== null) select.andWhere('g.ownerId = :ownerId', { ownerId });
      if (kind !== undefined) select.andWhere('g.kind = :kind', { kind });
      if (model !== undefined) select.andWhere('g.model = :model', { model });
      if (statuses !== undefined) select.andWhere('g.status IN (:...statuses)', { statuses });
      if (priority !== undefined) select.andWhere('g.priority = :priority', { priority });
      if (after !== null) {
        const beyond = query.order === 'asc' ? '>' : '<';
        select.andWhere(`(g.createdAt ${beyond} :at OR (g.createdAt = :at AND g.id ${beyond} :after))`, {
          at: after.createdAt,
          after: after.id,
        });
      }
      return select.getMany();
    });
    return rows.map((row) => this.store.live(row.id) ?? row);
  }
}
