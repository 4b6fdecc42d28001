import { DatabasePool, PooledPostgresDataSource } from 'penstock/database';
import { describePostgres, PostgresDatabase } from 'penstock/database/testing';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

import { describeSettingsStore } from '../../testing/index.js';
import { SettingsChangeRow } from '../entities/settings-change-row.entity.js';
import { SettingsRow } from '../entities/settings-row.entity.js';
import { settingsMigrations } from '../migrations/index.js';
import { DatabaseSettingsStore } from './database-settings-store.js';

describePostgres('PostgreSQL', (serverUrl) => {
  let database: PostgresDatabase;
  let source: PooledPostgresDataSource;

  beforeAll(async () => {
    database = await PostgresDatabase.create(serverUrl);
  });
  afterAll(() => database.remove());

  beforeEach(async () => {
    source = new PooledPostgresDataSource({
      url: database.url,
      entities: [SettingsRow, SettingsChangeRow],
      migrations: [...settingsMigrations],
    });
    await source.initialize();
  });
  afterEach(async () => {
    await source.destroy();
    await database.empty();
  });

  describeSettingsStore(
    'DatabaseSettingsStore on PostgreSQL',
    () => new DatabaseSettingsStore(new DatabasePool(source)),
  );
});
