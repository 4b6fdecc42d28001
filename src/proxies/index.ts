export { proxyMigrations } from './migrations/index.js';
export { ProxiesModule } from './proxies.module.js';
