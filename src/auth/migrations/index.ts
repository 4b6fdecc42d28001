import { CreateApiKeys1764000001000 } from './1764000001000-create-api-keys.js';

/** In the order of their making. */
export const authMigrations = [CreateApiKeys1764000001000] as const;
