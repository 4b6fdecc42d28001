import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { canMount, LIBRARY, SmallDisk } from '../testing/index.js';
import { DatabaseError, DatabasePool, PooledSqliteDataSource } from './index.js';

describe.runIf(canMount())('on a real disk of 6 MiB', () => {
  let disk: SmallDisk;
  let source: PooledSqliteDataSource;

  beforeEach(async () => {
    disk = new SmallDisk(6);
    const path = join(disk.folder, 'test.sqlite');
    source = new PooledSqliteDataSource({ path, entities: LIBRARY, synchronize: true, exclusive: true });
    await source.initialize();
    await source.query('CREATE TABLE pair (id INTEGER, side TEXT, bulk BLOB, PRIMARY KEY (id, side))');
  });
  afterEach(async () => {
    if (source.isInitialized) await source.destroy();
    disk.unmount();
  });

  const addPair = async (id: number): Promise<void> => {
    await new DatabasePool(source).transaction(
      async (manager) => {
        await manager.query(`INSERT INTO pair VALUES (?, 'left', zeroblob(20000))`, [id]);
        await manager.query(`INSERT INTO pair VALUES (?, 'right', zeroblob(20000))`, [id]);
      },
      { durable: id % 2 === 0 },
    );
  };
  /** Adds pairs until it was refused some times. @returns those that were taken, and why the others were not */
  const addUntilFull = async (from: number): Promise<{ taken: number[]; errors: unknown[] }> => {
    const taken: number[] = [];
    const errors: unknown[] = [];
    for (let id = from; errors.length < 5; id += 1) {
      await addPair(id).then(
        () => taken.push(id),
        (error: unknown) => errors.push(error),
      );
    }
    return { taken, errors };
  };
  const pairs = () =>
    source.query<{ id: number; sides: number }[]>('SELECT id, count(*) AS sides FROM pair GROUP BY id');

  it('keeps what it took, and half of nothing, and says that the disk is full', async () => {
    const { taken, errors } = await addUntilFull(0);
    expect(errors.map((error) => (error instanceof DatabaseError ? error.code : error))).toEqual(
      Array.from({ length: 5 }, () => 'database_full'),
    );
    expect(await pairs()).toEqual(taken.map((id) => ({ id, sides: 2 })));
    expect(await source.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  it('goes on without a restart when others free the space that they took', async () => {
    await addPair(1);
    await disk.fill();
    const { errors } = await addUntilFull(2);
    expect(errors.every((error) => error instanceof DatabaseError && error.code === 'database_full')).toBe(
      true,
    );
    await source.file?.care();
    await disk.free();
    await addPair(1_000);
    expect((await pairs()).map(({ id }) => id)).toEqual(expect.arrayContaining([1, 1_000]));
    expect(await source.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  it('is not even opened when nothing can be written there', async () => {
    await source.destroy();
    disk.setReadOnly();
    await expect(source.initialize()).rejects.toMatchObject({
      code: 'database_read_only',
      message: `${disk.folder} may not be written by this process. Make it writable, or take another folder.`,
    });
  });

  it('gets no backup that does not fit, and nothing is left of it', async () => {
    for (let id = 0; id < 85; id += 1) {
      await addPair(id);
      if (id % 20 === 0) await source.file?.care();
    }
    await source.file?.care();
    const backup = source.file?.backUp(join(disk.folder, 'backup.sqlite'));
    await expect(backup).rejects.toMatchObject({
      code: 'backup_failed',
      message: expect.stringMatching(/full|ENOSPC/) as string,
    });
    expect((await readdir(disk.folder)).filter((name) => name.startsWith('backup'))).toEqual([]);
    await addPair(1_000);
  });
});
