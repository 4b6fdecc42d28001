import { authMigrations } from './auth/index.js';
import { generationMigrations } from './generations/migrations/index.js';
import { healthMigrations } from './health/index.js';
import { tokenMigrations } from './tokens/index.js';

/** Every migration of the application, in the order in which they run: that of the times in their names. */
export const migrations = [
  ...authMigrations,
  ...tokenMigrations,
  ...generationMigrations,
  ...healthMigrations,
].sort((left, right) => timeOf(left) - timeOf(right));

function timeOf({ name }: { readonly name: string }): number {
  return Number(name.slice(-13));
}
