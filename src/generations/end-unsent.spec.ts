import { backUpDatabase, DatabasePool, PooledSqliteDataSource, restoreDatabase } from 'penstock/database';
import { TemporaryFolder } from 'penstock/database/testing';
import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, expect, it } from 'vitest';

import { endUnsent } from './end-unsent.js';
import { GENERATION_STATUSES } from './generation-status.js';
import { Generation } from './generation.entity.js';
import { GenerationFactory } from './generation.factory.js';
import { generationMigrations } from './migrations/index.js';
import { usageMigrations } from '../usage/index.js';
import { UsageRow } from '../usage/ledger/usage-row.entity.js';
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

it('counts them in the ledger, beside what that has', async () => {
  const [path, backup] = [await folder.file('one.sqlite'), await folder.file('backup.sqlite')];
  const ledger = {
    entities: [Generation, UsageRow],
    migrations: [...generationMigrations, ...usageMigrations],
  };
  const source = await new PooledSqliteDataSource({ path, ...ledger }).initialize();
  const day = '2026-03-01';
  const factory = new GenerationFactory(new ManualClock(Date.parse(`${day}T23:59:59.999Z`)));
  await new DatabasePool(source).transaction(async (manager) => {
    for (const status of ['queued', 'submitting', 'completed'] as const)
      for (const owner of ['key_1', 'key_2'])
        await manager.insert(Generation, { ...factory.create(aRequest(), owner), status });
    await manager.insert(UsageRow, {
      day,
      keyId: 'key_2',
      tokenId: '',
      model: 'sora-2',
      kind: 'video',
      outcome: 'failed',
      generations: 5,
      unsent: 0,
      mediaMs: 0,
      workMs: 0,
    });
  });
  await backUpDatabase({ from: path, to: backup });
  await source.destroy();
  const prepare = async (connection: Parameters<typeof endUnsent>[0]): Promise<void> => {
    await endUnsent(connection, 5_000);
  };
  await restoreDatabase({ from: backup, to: path, prepare });
  const restored = await new PooledSqliteDataSource({ path, ...ledger }).initialize();
  const rows = await restored.getRepository(UsageRow).find({ order: { keyId: 'ASC' } });
  await restored.destroy();
  expect(rows.map((row) => [row.day, row.keyId, row.outcome, row.generations])).toEqual([
    [day, 'key_1', 'failed', 2],
    [day, 'key_2', 'failed', 7],
  ]);
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
