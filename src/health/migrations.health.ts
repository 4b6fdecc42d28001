import { DataSource } from 'typeorm';

import { ContributesHealth, type HealthContributor, type HealthReport } from './health-contributor.js';

/** Whether every migration of this version has run. Once they have, it is not asked again. */
@ContributesHealth('migrations')
export class MigrationsHealth implements HealthContributor {
  #done = false;

  constructor(private readonly source: DataSource) {}

  async check(): Promise<HealthReport> {
    this.#done ||= !(await this.source.showMigrations());
    if (this.#done) return { status: 'up', detail: {} };
    const message = 'Migrations are pending: restart the gateway, which runs them.';
    return { status: 'down', detail: { message } };
  }
}
