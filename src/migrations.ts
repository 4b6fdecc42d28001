import { settingsMigrations } from 'penstock/settings';

import { assetMigrations } from './assets/index.js';
import { authMigrations } from './auth/index.js';
import { batchMigrations } from './batches/index.js';
import { generationMigrations } from './generations/migrations/index.js';
import { healthMigrations } from './health/index.js';
import { hookMigrations } from './hooks/index.js';
import { pollingMigrations } from './polling/index.js';
import { proxyMigrations } from './proxies/index.js';
import { requestMigrations } from './requests/index.js';
import { tokenMigrations } from './tokens/index.js';
import { usageMigrations } from './usage/index.js';
import { webhookMigrations } from './webhooks/index.js';

/** Every migration of the application, in the order in which they run: that of the times in their names. */
export const migrations = [
  ...assetMigrations,
  ...authMigrations,
  ...batchMigrations,
  ...tokenMigrations,
  ...generationMigrations,
  ...healthMigrations,
  ...hookMigrations,
  ...pollingMigrations,
  ...proxyMigrations,
  ...requestMigrations,
  ...settingsMigrations,
  ...usageMigrations,
  ...webhookMigrations,
].sort((one, other) => timeOf(one) - timeOf(other));

function timeOf({ name }: { readonly name: string }): number {
  return Number(/\d{13}$/.exec(name)?.[0]);
}
