import { settingsMigrations } from 'penstock/settings';

import { authMigrations } from './auth/index.js';
import { batchMigrations } from './batches/index.js';
import { generationMigrations } from './generations/migrations/index.js';
import { healthMigrations } from './health/index.js';
import { pollingMigrations } from './polling/index.js';
import { proxyMigrations } from './proxies/index.js';
import { requestMigrations } from './requests/index.js';
import { tokenMigrations } from './tokens/index.js';
import { webhookMigrations } from './webhooks/index.js';

/** Every migration of the application, in the order in which they run: that of the times in their names. */
export const migrations = [
  ...authMigrations,
  ...batchMigrations,
  ...tokenMigrations,
  ...generationMigrations,
  ...healthMigrations,
  ...pollingMigrations,
  ...proxyMigrations,
  ...requestMigrations,
  ...settingsMigrations,
  ...webhookMigrations,
].sort((one, other) => timeOf(one) - timeOf(other));

function timeOf({ name }: { readonly name: string }): number {
  return Number(/\d{13}$/.exec(name)?.[0]);
}
