import { DatabasePool, type ConnectionStats } from 'penstock/database';
import { Clock } from 'penstock/kernel';

import { ContributesHealth, type HealthContributor, type HealthReport } from './health-contributor.js';
import { HealthProbe } from './health-probe.entity.js';

const ID = 'ready';

/** Writes a row and reads it back. */
@ContributesHealth('database')
export class DatabaseHealth implements HealthContributor {
  constructor(
    private readonly pool: DatabasePool,
    private readonly clock: Clock,
  ) {}

  async check(): Promise<HealthReport> {
    await this.pool.write((manager) =>
      manager.upsert(HealthProbe, { id: ID, writtenAt: this.clock.now() }, ['id']),
    );
    await this.pool.read((manager) => manager.findOneByOrFail(HealthProbe, { id: ID }));
    const { readers, writer } = this.pool.stats();
    return { status: 'up', detail: { readers: usage(readers), writer: usage(writer) } };
  }
}

/** The rest is in `GET /admin/database`. */
function usage({ size, active, idle, waiting }: ConnectionStats): Record<string, number> {
  return { size, active, idle, waiting };
}
