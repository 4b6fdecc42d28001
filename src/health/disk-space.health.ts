import { statfs } from 'node:fs/promises';

import { Settings } from 'penstock/settings';

import { PenstockConfig } from '../config/index.js';

import { ContributesHealth, type HealthContributor, type HealthReport } from './health-contributor.js';
import { healthSettings } from './health.settings.js';

/** How much space is left for the data folder, as a user who is not root may use it. */
@ContributesHealth('disk')
export class DiskSpaceHealth implements HealthContributor {
  constructor(
    private readonly config: PenstockConfig,
    private readonly settings: Settings,
  ) {}

  async check(): Promise<HealthReport> {
    const { bavail, bsize, blocks } = await statfs(this.config.dataDir);
    const { diskWarnBytes, diskMinBytes } = this.settings.get(healthSettings);
    const freeBytes = bavail * bsize;
    const facts = { freeBytes, totalBytes: blocks * bsize };
    if (freeBytes >= Math.max(diskWarnBytes, diskMinBytes)) return { status: 'up', detail: facts };
    const message = `Only ${freeBytes} bytes are free where the data folder is. Free some space.`;
    return { status: freeBytes < diskMinBytes ? 'down' : 'degraded', detail: { ...facts, message } };
  }
}
