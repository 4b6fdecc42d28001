export { tokenMigrations } from './migrations/index.js';
export { InFlightCounter } from './ports/in-flight-counter.js';
export { TokenUsage } from './ports/token-usage.js';
export { TokenHealth } from './token-health.js';
export { TokenSecrets } from './token-secrets.js';
export { TokenStorageModule } from './token-storage.module.js';
export { TokensModule } from './tokens.module.js';
