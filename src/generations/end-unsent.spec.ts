import { backUpDatabase, DatabasePool, PooledSqliteDataSource, restoreDatabase } from 'penstock/database';
import { TemporaryFolder } from 'penstock/database/testing';
import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, expect, it } from 'vitest';

import { endUnsent } from './end-unsent.js';
import { GENERATION_STATUSES } from './generation-status.js';
import { Generation } from './generation.entity.js';
import { GenerationFactory } from './generation.factory.js';
import { generationMigrations } from './migrations/index.js';
import { aRequest } from './testing/a-request.js';

const folder = new TemporaryFolder();
afterEach(() => folder.remove());

const options = { entities: [Generation], migrations: generationMigrations };

it('ends what had no job yet, and nothing else', async () => {
  const [path, backup] = [await folder.file('one.sqlite'), await folder.file('backup.sqlite')];
  const source = await new PooledSqliteDataSource({ path, ...options }).initialize();
  const factory = new GenerationFactory(new ManualClock());
  await new DatabasePool(source).transaction(async (manager) => {
    for (const status of GENERATION_STATUSES)
      await manager.insert(Generation, { ...factory.create(aRequest(), 'key_1'), status });
  });
  await backUpDatabase({ from: path, to: backup });
  await source.destroy();

  let ended = 0;
  const prepare = async (connection: Parameters<typeof endUnsent>[0]): Promise<void> => {
    ended = await endUnsent(connection, 5_000);
  };
  await restoreDatabase({ from: backup, to: path, prepare });
  expect(ended).toBe(2);
  const restored = await new PooledSqliteDataSource({ path, ...options }).initialize();
  const rows = await restored.getRepository(Generation).find();
  await restored.destroy();
  expect(rows.map(({ status }) => status).sort()).toEqual([
    'cancelled',
    'completed',
    'failed',
    'failed',
    'failed',
    'in_progress',
  ]);
  const unsent = rows.filter(({ errorCode }) => errorCode === 'restored_from_backup');
  expect(unsent).toHaveLength(2);
  expect(unsent[0]).toMatchObject({ status: 'failed', completedAt: 5_000, revision: 2 });
});

it('takes a backup without generations', async () => {
  const [path, backup] = [await folder.file('one.sqlite'), await folder.file('backup.sqlite')];
  const source = await new PooledSqliteDataSource({ path }).initialize();
  await backUpDatabase({ from: path, to: backup });
  await source.destroy();
  const counts: number[] = [];
  await restoreDatabase({
    from: backup,
    to: path,
    prepare: async (connection) => void counts.push(await endUnsent(connection, 0)),
  });
  expect(counts).toEqual([0]);
});
