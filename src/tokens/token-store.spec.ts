import { DatabasePool } from 'penstock/database';
import { TokenCache, TokenCacheModule } from 'penstock/token-cache';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startApp, type TestApp } from '../../test/support/start-app.js';

import { tokenMigrations } from './migrations/index.js';
import { CLEARED_HEALTH } from './token-health.policy.js';
import { aTokenRow } from './testing/a-token-row.js';
import { TokenSecrets } from './token-secrets.js';
import { TokenStorageModule } from './token-storage.module.js';
import { TokenStore } from './token-store.js';
import type { Token } from './token.entity.js';

describe('TokenStore', () => {
  let test: TestApp;
  let store: TokenStore;

  beforeEach(async () => {
    test = await startApp({
      imports: [
        TokenCacheModule.forRoot({ isGlobal: true, imports: [TokenStorageModule] }),
        TokenStorageModule,
      ],
      migrations: [...tokenMigrations],
      providers: [TokenStore],
    });
    store = test.app.get(TokenStore);
    await store.insert(aRow('tok_1'), []);
  });

  afterEach(() => test.close());

  const aRow = (id: string): Token =>
    aTokenRow(test.app.get(TokenSecrets), id, { requestsPerMinute: 90, weight: 0.5 });

  it('reads back every column as it was written', async () => {
    const row = aRow('tok_2');
    row.expiresAt = 2 ** 45;
    row.baseUrl = 'http://x/v1';
    await store.insert(row, []);
    expect(await store.get('tok_2')).toEqual(row);
    expect((await store.get('tok_1')).baseUrl).toBeNull();
  });

  it('lets each change see what the one before left', async () => {
    const append = (letter: string) => store.change('tok_1', ({ remark }) => ({ remark: remark + letter }));
    await Promise.all('abcdefgh'.split('').map(append));
    const row = await store.get('tok_1');
    expect(row.remark.split('').sort().join('')).toBe('abcdefgh');
    expect(row.version).toBe(9);
    expect(test.app.get(TokenCache).get('tok_1')?.version).toBe(9);
  });

  it('leaves the row and its version alone for no change', async () => {
    expect(await store.change('tok_1', () => null)).toMatchObject({ version: 1 });
    expect((await store.get('tok_1')).version).toBe(1);
  });

  it('changes nothing when looking at the row fails', async () => {
    const broken = store.change('tok_1', () => {
      throw new Error('no');
    });
    await expect(broken).rejects.toThrow('no');
    expect(await store.get('tok_1')).toMatchObject({ version: 1, remark: '' });
  });

  it('notes the time of a change', async () => {
    expect(await store.change('tok_1', () => ({ label: 'x' }))).toMatchObject({
      updatedAt: test.clock.now(),
      createdAt: 1,
    });
  });

  it('knows of no other token', async () => {
    await expect(store.get('tok_9')).rejects.toMatchObject({
      code: 'token_not_found',
      category: 'not_found',
    });
    await expect(store.change('tok_9', () => ({}))).rejects.toMatchObject({ code: 'token_not_found' });
    await expect(store.delete('tok_9')).rejects.toMatchObject({ code: 'token_not_found' });
  });

  it('has a database that refuses what nobody looked for', async () => {
    const twin = Object.assign(aRow('tok_2'), { fingerprint: (await store.get('tok_1')).fingerprint });
    await expect(store.insert(twin, [])).rejects.toMatchObject({ code: 'token_exists' });
    expect(test.app.get(TokenCache).get('tok_2')).toBeUndefined();
  });

  it('has a table that is exactly what the entity says', async () => {
    const { upQueries } = await test.app.get(DataSource).driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('notes since when a token is off, whoever turns it off again, until it is turned on', async () => {
    const off = { enabled: false, disabledReason: 'broken', disabledBy: 'machine' } as const;
    const since = test.clock.now();
    await store.change('tok_1', () => off);
    await test.clock.advance(1_000);
    await store.change('tok_1', () => ({ ...off, disabledBy: 'operator' }));
    expect(await store.get('tok_1')).toMatchObject({ disabledAt: since, disabledBy: 'operator' });
    await store.change('tok_1', () => ({ remark: 'nothing to do with that' }));
    expect((await store.get('tok_1')).disabledAt).toBe(since);
    await store.change('tok_1', () => CLEARED_HEALTH);
    expect((await store.get('tok_1')).disabledAt).toBeNull();
  });

  it('has a table that is gone when its migration is undone, and comes back', async () => {
    const pool = test.app.get(DatabasePool);
    const dataSource = test.app.get(DataSource);
    const tables = () =>
      pool.read((manager) =>
        manager.query(
          "SELECT name FROM sqlite_master WHERE name IN ('tokens', 'token_transitions') ORDER BY name",
        ),
      );
    for (let undone = 0; undone < tokenMigrations.length; undone += 1) await dataSource.undoLastMigration();
    expect(await tables()).toEqual([]);
    await dataSource.runMigrations();
    expect(await tables()).toEqual([{ name: 'token_transitions' }, { name: 'tokens' }]);
  });
});
