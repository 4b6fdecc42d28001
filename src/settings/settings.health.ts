import { Settings } from 'penstock/settings';

import { ContributesHealth, type HealthContributor, type HealthReport } from '../health/index.js';

/** Tells whether the settings in memory are fresh, and which hold what does not fit. Either only degrades. */
@ContributesHealth('settings')
export class SettingsHealth implements HealthContributor {
  constructor(private readonly settings: Settings) {}

  check(): HealthReport {
    const { ageMs, stale, lastError, ignoring } = this.settings.health();
    const detail = { ageMs: ageMs === null ? null : Math.round(ageMs), lastError, ignoring };
    return { status: stale || ignoring.length > 0 ? 'degraded' : 'up', detail };
  }
}
