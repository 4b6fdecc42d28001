export { BrowserReadable, Public, RequireScope } from './access.decorators.js';
export { KeyLimitChanges, type KeyLimits } from './api-key-limits.js';
export { AuthModule } from './auth.module.js';
export { Identification } from './identification.js';
export { mayAskFor, STANDARD_PRIORITY, type KeyPriority } from './key-priority.js';
export { authMigrations } from './migrations/index.js';
export { CONFIGURED_KEY_ID, CurrentPrincipal, OptionalPrincipal, type Principal } from './principal.js';
export type { Scope } from './scopes.js';
