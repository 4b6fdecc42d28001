import { DatabasePool } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import { Settings } from 'penstock/settings';
import { In, LessThan, type EntityManager } from 'typeorm';

import { FINISHED, UNFINISHED } from '../generations/generation-status.js';
import { Generation } from '../generations/generation.entity.js';
import { Retained, type RetainedRows } from './retained-rows.js';
import { daysInMs, retentionSettings } from './retention.settings.js';

/** Forgets generations some time after their end. What an unfinished one remixes is kept until that has ended. */
@Retained('generations')
export class GenerationRetention implements RetainedRows {
  constructor(
    private readonly pool: DatabasePool,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async prune(limit: number): Promise<number> {
    const { generationDays } = this.settings.get(retentionSettings);
    if (generationDays === 0) return 0;
    const before = this.clock.now() - daysInMs(generationDays);
    const doomed = await this.pool.read((manager) => doomedBefore(manager, before, limit));
    if (doomed.length === 0) return 0;
    await this.pool.write((manager) => manager.delete(Generation, { id: In(doomed), status: In(FINISHED) }), {
      label: 'retention of generations',
    });
    return doomed.length;
  }
}

async function doomedBefore(manager: EntityManager, before: number, limit: number): Promise<string[]> {
  const remixing = manager
    .createQueryBuilder(Generation, 'u')
    .select('1')
    .where('u.remixOf = g.id AND u.status IN (:...unfinished)');
  const rows = await manager
    .createQueryBuilder(Generation, 'g')
    .select('g.id')
    .where('g.status IN (:...finished)', { finished: FINISHED })
    .andWhere({ completedAt: LessThan(before), createdAt: LessThan(before) })
    .andWhere(`NOT EXISTS (${remixing.getQuery()})`, { unfinished: UNFINISHED })
    .orderBy('g.createdAt', 'ASC')
    .take(limit)
    .getMany();
  return rows.map(({ id }) => id);
}
