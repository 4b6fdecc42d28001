export { HOOK_ROUTE } from './hook-route.js';
export { HooksModule } from './hooks.module.js';
export { hookMigrations } from './migrations/index.js';
