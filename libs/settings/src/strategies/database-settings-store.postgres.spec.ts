import { DatabasePool, PooledPostgresDataSource } from 'penstock/database';
import { describePostgres, PostgresDatabase } from 'penstock/database/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { describeSettingsStore } from '../../testing/index.js';
import { SettingsChangeRow } from '../entities/settings-change-row.entity.js';
import { SettingsRow } from '../entities/settings-row.entity.js';
import { settingsMigrations } from '../migrations/index.js';
import { DatabaseSettingsStore } from './database-settings-store.js';

describePostgres('on PostgreSQL', (serverUrl) => {
  let database: PostgresDatabase;
  let source: PooledPostgresDataSource;
  let store: DatabaseSettingsStore;

  beforeEach(async () => {
    database = await PostgresDatabase.create(serverUrl);
    source = new PooledPostgresDataSource({
      url: database.url,
      writers: 4,
      entities: [SettingsRow, SettingsChangeRow],
      migrations: [...settingsMigrations],
    });
    store = new DatabaseSettingsStore(new DatabasePool(await source.initialize()));
  });

  afterEach(async () => {
    await source.destroy();
    await database.remove();
  });

  describeSettingsStore('DatabaseSettingsStore', () => store);

  it('has tables that are exactly what the entities say', async () => {
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});
