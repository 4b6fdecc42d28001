import { CreateProxies1764000090000 } from './1764000090000-create-proxies.js';

/** In the order of their making. */
export const proxyMigrations = [CreateProxies1764000090000] as const;
