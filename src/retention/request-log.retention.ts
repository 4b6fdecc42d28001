import { DatabasePool } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import { Settings } from 'penstock/settings';
import { In, LessThan, LessThanOrEqual } from 'typeorm';

import { firstIdAt, RequestLogRow } from '../requests/index.js';
import { Retained, type RetainedRows } from './retained-rows.js';
import { daysInMs, retentionSettings } from './retention.settings.js';

/** Keeps the log of requests within its age and its size. */
@Retained('request-log')
export class RequestLogRetention implements RetainedRows {
  constructor(
    private readonly pool: DatabasePool,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async prune(limit: number): Promise<number> {
    const doomed = await this.#doomed(limit);
    if (doomed.length === 0) return 0;
    await this.pool.write((manager) => manager.delete(RequestLogRow, { id: In(doomed) }), {
      label: 'retention of the request log',
    });
    return doomed.length;
  }

  /** Found on a reader, so that the writer has only to delete. */
  #doomed(limit: number): Promise<string[]> {
    const { requestLogDays, requestLogRows } = this.settings.get(retentionSettings);
    return this.pool.read(async (manager) => {
      const oldestFirst = { select: { id: true }, order: { id: 'ASC' }, take: limit } as const;
      const idsWhere = async (id: ReturnType<typeof LessThan<string>>): Promise<string[]> =>
        (await manager.find(RequestLogRow, { ...oldestFirst, where: { id } })).map((row) => row.id);
      if (requestLogDays > 0) {
        const tooOld = await idsWhere(LessThan(firstIdAt(this.clock.now() - daysInMs(requestLogDays))));
        if (tooOld.length > 0) return tooOld;
      }
      if (requestLogRows === 0) return [];
      const newestFirst = {
        select: { id: true },
        order: { id: 'DESC' },
        skip: requestLogRows,
        take: 1,
      } as const;
      const [tooMany] = await manager.find(RequestLogRow, newestFirst);
      return tooMany === undefined ? [] : idsWhere(LessThanOrEqual(tooMany.id));
    });
  }
}
