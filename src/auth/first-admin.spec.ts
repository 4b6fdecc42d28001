import { DatabasePool } from 'penstock/database';
import { afterEach, describe, expect, it } from 'vitest';

import { startApp, type TestApp } from '../../test/support/start-app.js';

import { ApiKey } from './api-key.entity.js';
import { ApiKeysService } from './api-keys.service.js';
import { AuthModule } from './auth.module.js';
import { authMigrations } from './migrations/index.js';

describe('the first admin key', () => {
  let test: TestApp;

  afterEach(() => test.close());

  const start = async (PENSTOCK_ADMIN_KEY: string) => {
    const imports = [AuthModule];
    test = await startApp({ imports, migrations: [...authMigrations], environment: { PENSTOCK_ADMIN_KEY } });
    return test.app.get(ApiKeysService);
  };
  const rows = () => test.app.get(DatabasePool).read((manager) => manager.find(ApiKey));

  it('is made by the start, an admin by its only scope', async () => {
    await start('');
    expect(await rows()).toMatchObject([{ label: 'first admin', scopes: ['admin'], lastUsedAt: null }]);
  });

  it('is made once, however many ask for it at once', async () => {
    const keys = await start('');
    await test.app.get(DatabasePool).write((manager) => manager.clear(ApiKey));
    const made = await Promise.all(Array.from({ length: 5 }, () => keys.createFirstAdmin()));
    expect(made.filter((key) => key !== null)).toHaveLength(1);
    expect(await rows()).toHaveLength(1);
  });

  it('is not made where one is configured', async () => {
    const keys = await start('configured-admin-key');
    expect(await keys.createFirstAdmin()).toBeNull();
    expect(await rows()).toEqual([]);
    expect(test.logged).toEqual([]);
  });

  it('is missed by nobody when two admins delete each other at once', async () => {
    const keys = await start('');
    const second = await keys.create({ label: 'second', scopes: ['admin', 'read'] });
    const [first] = (await rows()).filter(({ id }) => id !== second.row.id);
    const deletions = await Promise.allSettled([keys.delete(second.row.id), keys.delete(first?.id ?? '')]);
    expect(deletions.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await rows()).toHaveLength(1);
  });
});
