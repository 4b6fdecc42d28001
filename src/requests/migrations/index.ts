import { CreateRequestLog1764000035000 } from './1764000035000-create-request-log.js';

/** Migrations of this part, oldest first. */
export const requestMigrations = [CreateRequestLog1764000035000] as const;
