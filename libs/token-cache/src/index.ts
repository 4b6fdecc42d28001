export type { PooledToken } from './pooled-token.js';
export { TokenSource } from './ports/token-source.js';
export { TokenCache } from './token-cache.js';
export { TokenCacheError, type TokenCacheErrorCode } from './token-cache.errors.js';
export { TokenCacheModule } from './token-cache.module.js';
export type { TokenCacheModuleExtras } from './token-cache.module-definition.js';
export { resolveTokenCacheOptions, type TokenCacheOptions } from './token-cache.options.js';
export type { TokenMark, TokenMarkChange } from './token-marks.js';
export type { TokenCacheHealth, TokenListener, TokenSnapshot } from './token-snapshot.js';
