import { TokenCacheModule, TokenSource } from 'penstock/token-cache';
import { describeTokenSource } from 'penstock/token-cache/testing';
import { onTestFinished } from 'vitest';

import { startApp } from '../../test/support/start-app.js';

import { tokenMigrations } from './migrations/index.js';
import { aTokenRow } from './testing/a-token-row.js';
import { TokenSecrets } from './token-secrets.js';
import { TokenStorageModule } from './token-storage.module.js';
import { TokenStore } from './token-store.js';

describeTokenSource('DatabaseTokenSource', async () => {
  const test = await startApp({
    imports: [
      TokenCacheModule.forRoot({ isGlobal: true, imports: [TokenStorageModule] }),
      TokenStorageModule,
    ],
    migrations: [...tokenMigrations],
    providers: [TokenStore],
  });
  onTestFinished(() => test.close());
  const { app } = test;
  const store = app.get(TokenStore);
  let made = 0;
  return {
    source: app.get(TokenSource, { strict: false }),
    create: async (enabled) => {
      const row = aTokenRow(app.get(TokenSecrets), `tok_${made++}`, { enabled });
      await store.insert(row, []);
      return row.id;
    },
    change: async (id) => {
      await store.change(id, () => ({ remark: 'changed' }));
    },
    delete: (id) => store.delete(id),
  };
});
