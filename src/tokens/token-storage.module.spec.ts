import { TokenCacheModule, TokenSource } from 'penstock/token-cache';
import { describeTokenSource } from 'penstock/token-cache/testing';
import { onTestFinished } from 'vitest';

import { startApp } from '../../test/support/start-app.js';

import { tokenMigrations } from './migrations/index.js';
import { CLEARED_HEALTH } from './token-health.policy.js';
import { TokenSecrets } from './token-secrets.js';
import { TokenStorageModule } from './token-storage.module.js';
import { TokenStore } from './token-store.js';
import { Token } from './token.entity.js';

/** A row with a secret of its own. */
function aRow(id: string, secrets: TokenSecrets): Token {
  return Object.assign(new Token(), {
    ...CLEARED_HEALTH,
    ...secrets.seal(id, `secret of ${id}`),
    ...{
      id,
      provider: 'acme',
      label: id,
      baseUrl: null,
      proxyUrl: null,
      sealedRefreshSecret: null,
      remark: '',
    },
    ...{ limits: { video: 1 }, requestsPerMinute: null, weight: 1, quotaGroup: null },
    ...{ expiresAt: null, disabledAt: null, lastUsedAt: null },
    ...{ submitted: 0, completed: 0, failed: 0, version: 1, createdAt: 1, updatedAt: 1 },
  });
}

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
      const row = aRow(`tok_${made++}`, app.get(TokenSecrets));
      await store.insert(Object.assign(row, { enabled }), []);
      return row.id;
    },
    change: async (id) => {
      await store.change(id, () => ({ remark: 'changed' }));
    },
    delete: (id) => store.delete(id),
  };
});
