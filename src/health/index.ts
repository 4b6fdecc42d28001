export { ContributesHealth, type HealthContributor, type HealthReport } from './health-contributor.js';
export { HealthModule } from './health.module.js';
export { healthMigrations } from './migrations/index.js';
