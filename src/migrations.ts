import { authMigrations } from './auth/index.js';
import { generationMigrations } from './generations/migrations/index.js';
import { healthMigrations } from './health/index.js';
import { pollingMigrations } from './polling/index.js';
import { tokenMigrations } from './tokens/index.js';

/** Every migration of the application, in the order in which they run. */
export const migrations = [
  ...authMigrations,
  ...tokenMigrations,
  ...generationMigrations,
  ...healthMigrations,
  ...pollingMigrations,
];
