import { DatabasePool, PooledSqliteDataSource } from 'penstock/database';
import { TemporaryFolder } from 'penstock/database/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { describeSettingsStore } from '../../testing/index.js';
import { SettingsChangeRow } from '../entities/settings-change-row.entity.js';
import { SettingsRow } from '../entities/settings-row.entity.js';
import { settingsMigrations } from '../migrations/index.js';
import { DatabaseSettingsStore } from './database-settings-store.js';

let folder: TemporaryFolder;
let source: PooledSqliteDataSource;
let store: DatabaseSettingsStore;

beforeEach(async () => {
  folder = new TemporaryFolder();
  source = await new PooledSqliteDataSource({
    path: await folder.file(),
    entities: [SettingsRow, SettingsChangeRow],
    migrations: [...settingsMigrations],
  }).initialize();
  store = new DatabaseSettingsStore(new DatabasePool(source));
});
afterEach(async () => {
  await source.destroy();
  await folder.remove();
});

describeSettingsStore('DatabaseSettingsStore', () => store);

describe('DatabaseSettingsStore', () => {
  const write = (expectedVersion: number, overrides = {}) =>
    store.write({ section: 'mail', expectedVersion, overrides, by: 'key_1', at: 1 });

  it('has tables that are exactly what the entities say, and that can be undone', async () => {
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    await source.undoLastMigration();
    await expect(store.loadAll()).rejects.toThrow('no such table: settings');
  });

  it('reads the others when one row is spoilt', async () => {
    await write(0, { a: 1 });
    const row = { section: 'spoilt', overrides: '{"a":', version: 3, updatedAt: 1, updatedBy: 'disk' };
    await source.getRepository(SettingsRow).insert(row);
    const rows = await store.loadAll();
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual({ ...row, overrides: undefined });
    expect(rows).toContainEqual(expect.objectContaining({ section: 'mail', overrides: { a: 1 } }));
  });

  it('writes the section and its audit, or neither', async () => {
    await write(0, { a: 1 });
    await source
      .getRepository(SettingsChangeRow)
      .insert({ section: 'mail', version: 2, before: '{}', after: '{}', changedBy: 'x', changedAt: 1 });
    // The audit has a version 2 already, so a write that leads to it cannot be carried out as a whole.
    expect(await write(1, { a: 2 })).toEqual({ outcome: 'conflict', currentVersion: 1 });
    expect(await store.loadAll()).toMatchObject([{ overrides: { a: 1 }, version: 1 }]);
  });

  it('does not take trouble of the database for a conflict', async () => {
    await source.query('DROP TABLE settings_changes');
    await expect(write(0)).rejects.toThrow('no such table: settings_changes');
    expect(await store.loadAll()).toEqual([]);
  });
});
