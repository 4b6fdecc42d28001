export { usageMigrations } from './migrations/index.js';
export { UsageModule } from './usage.module.js';
