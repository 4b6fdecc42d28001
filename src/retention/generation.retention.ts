import { DatabasePool } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import { Settings } from 'penstock/settings';
import { In, LessThan, type EntityManager } from 'typeorm';

import { ChangeRecorders } from '../generations/change-recorders.js';
import { FINISHED, UNFINISHED } from '../generations/generation-status.js';
import { Generation } from '../generations/generation.entity.js';
import { retireJobs } from '../generations/retired-jobs.js';
import { Retained, type RetainedRows } from './retained-rows.js';
import { daysInMs, retentionSettings } from './retention.settings.js';

/** Forgets generations some time after their end. What an unfinished one remixes is kept until that has ended. */
@Retained('generations')
export class GenerationRetention implements RetainedRows {
  constructor(
    private readonly pool: DatabasePool,
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly recorders: ChangeRecorders,
  ) {}

  async prune(limit: number): Promise<number> {
    const { generationDays } = this.settings.get(retentionSettings);
    if (generationDays === 0) return 0;
    const now = this.clock.now();
    const doomed = await this.pool.read((manager) =>
      doomedBefore(manager, now - daysInMs(generationDays), limit),
    );
    if (doomed.length === 0) return 0;
    const ids = doomed.map(({ id }) => id);
    const forget = async (manager: EntityManager): Promise<void> => {
      await manager.delete(Generation, { id: In(ids), status: In(FINISHED) });
      await retireJobs(manager, doomed, now);
      await this.recorders.removed(manager, ids);
    };
    await this.pool.transaction(forget, { label: 'retention of generations' });
    return doomed.length;
  }
}

async function doomedBefore(manager: EntityManager, before: number, limit: number): Promise<Generation[]> {
  const remixing = manager
    .createQueryBuilder(Generation, 'u')
    .select('1')
    .where('u.remixOf = g.id AND u.status IN (:...unfinished)');
  return manager
    .createQueryBuilder(Generation, 'g')
    .select(['g.id', 'g.upstreamScope', 'g.upstreamId'])
    .where('g.status IN (:...finished)', { finished: FINISHED })
    .andWhere({ completedAt: LessThan(before), createdAt: LessThan(before) })
    .andWhere(`NOT EXISTS (${remixing.getQuery()})`, { unfinished: UNFINISHED })
    .orderBy('g.createdAt', 'ASC')
    .take(limit)
    .getMany();
}
