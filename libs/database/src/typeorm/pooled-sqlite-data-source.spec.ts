import { afterAll } from 'vitest';

import { describeSqliteDataSource, TemporaryFolder } from '../../testing/index.js';
import { PooledSqliteDataSource } from './pooled-sqlite-data-source.js';

const folder = new TemporaryFolder();

afterAll(() => folder.remove());

describeSqliteDataSource('a file', async (options) =>
  new PooledSqliteDataSource({ path: await folder.file(), ...options }).initialize(),
);

describeSqliteDataSource('memory', (options) =>
  new PooledSqliteDataSource({ path: ':memory:', ...options }).initialize(),
);
