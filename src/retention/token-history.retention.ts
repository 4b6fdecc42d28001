import { DatabasePool } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import { Settings } from 'penstock/settings';
import { LessThan } from 'typeorm';

import { TokenTransition } from '../tokens/lifecycle/token-transition.entity.js';
import { Retained, type RetainedRows } from './retained-rows.js';
import { daysInMs, retentionSettings } from './retention.settings.js';

/** Forgets old changes of the state of tokens. */
@Retained('token-history')
export class TokenHistoryRetention implements RetainedRows {
  constructor(
    private readonly pool: DatabasePool,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async prune(limit: number): Promise<number> {
    const { tokenHistoryDays } = this.settings.get(retentionSettings);
    if (tokenHistoryDays === 0) return 0;
    const at = LessThan(this.clock.now() - daysInMs(tokenHistoryDays));
    const doomed = await this.pool.read((manager) =>
      manager.find(TokenTransition, { select: { tokenId: true, version: true }, where: { at }, take: limit }),
    );
    if (doomed.length === 0) return 0;
    const keys = doomed.map(({ tokenId, version }) => ({ tokenId, version }));
    await this.pool.write((manager) => manager.delete(TokenTransition, keys), {
      label: 'retention of the history of tokens',
    });
    return doomed.length;
  }
}
