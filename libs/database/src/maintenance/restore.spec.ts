import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { LibraryDatabase, TemporaryFolder } from '../../testing/index.js';
import { PooledSqliteDataSource } from '../typeorm/pooled-sqlite-data-source.js';
import { backUpDatabase } from './backup.js';
import { restoreDatabase } from './restore.js';

describe('restoreDatabase', () => {
  const folder = new TemporaryFolder();
  let database: LibraryDatabase;
  let backup: string;

  beforeEach(async () => {
    database = await LibraryDatabase.open({ exclusive: true });
    backup = await folder.file('backup.sqlite');
    await database.save('before the backup');
    await backUpDatabase({ from: database.path, to: backup });
    await database.save('after the backup');
  });
  afterEach(async () => {
    await database.remove();
    await folder.remove();
  });

  const restore = () => restoreDatabase({ from: backup, to: database.path, clock: new ManualClock() });
  const idsIn = async (path: string): Promise<string[]> => {
    const source = await new PooledSqliteDataSource({ path }).initialize();
    const rows = await source.query<{ id: string }[]>('SELECT id FROM counter ORDER BY id');
    await source.destroy();
    return rows.map(({ id }) => id);
  };
  const files = async (): Promise<string[]> => (await readdir(dirname(database.path))).sort();

  it('puts the backup in the place of the database, and keeps the one before', async () => {
    await database.source.destroy();
    const { previous } = await restore();
    expect(previous).toBe(`${database.path}.before-restore-2023-11-14T22-13-20-000Z`);
    expect(await idsIn(database.path)).toEqual(['before the backup']);
    expect(await idsIn(previous ?? '')).toEqual(['after the backup', 'before the backup']);
    const name = basename(database.path);
    expect(await files()).toEqual([name, basename(previous ?? ''), `${name}.lock`]);
    expect(await idsIn(backup)).toEqual(['before the backup']);
  });

  it('keeps what a killed process left in its log', async () => {
    // As after a kill: the file, and a log that was never moved into it.
    const killed = await folder.file('killed.sqlite');
    for (const suffix of ['', '-wal'])
      await writeFile(`${killed}${suffix}`, await readFile(`${database.path}${suffix}`));
    const { previous } = await restoreDatabase({ from: backup, to: killed });
    expect(await idsIn(killed)).toEqual(['before the backup']);
    expect(await idsIn(previous ?? '')).toEqual(['after the backup', 'before the backup']);
  });

  it('lets the copy be changed first, in one file, and stays as it was when that fails', async () => {
    await database.source.destroy();
    const before = await files();
    const failing = restoreDatabase({
      from: backup,
      to: database.path,
      prepare: async (copy) => {
        await copy.run('DELETE FROM counter', []);
        throw new Error('not like this');
      },
    });
    await expect(failing).rejects.toThrow('not like this');
    expect((await files()).filter((name) => !before.includes(name) && !name.endsWith('.lock'))).toEqual([]);
    expect(await idsIn(database.path)).toEqual(['after the backup', 'before the backup']);

    await restoreDatabase({
      from: backup,
      to: database.path,
      prepare: async (copy) => {
        await copy.run(`UPDATE counter SET id = 'changed'`, []);
      },
    });
    expect(await idsIn(database.path)).toEqual(['changed']);
    expect(await idsIn(backup)).toEqual(['before the backup']);
  });

  it('makes a database where there was none', async () => {
    const to = await folder.file('new/place.sqlite');
    expect(await restoreDatabase({ from: backup, to })).toEqual({ path: to, previous: null });
    expect(await idsIn(to)).toEqual(['before the backup']);
  });

  it('takes the place of a damaged database', async () => {
    await database.source.destroy();
    await writeFile(database.path, 'no database any more');
    const { previous } = await restore();
    expect(await idsIn(database.path)).toEqual(['before the backup']);
    expect(await readFile(previous ?? '', 'utf8')).toBe('no database any more');
  });

  it('refuses while a process owns the database, and changes nothing', async () => {
    await expect(restore()).rejects.toMatchObject({ code: 'database_in_use' });
    expect(await database.ids()).toEqual(['after the backup', 'before the backup']);
  });

  it.each([
    ['is not there', undefined, 'backup_not_found'],
    ['is empty', () => Buffer.alloc(0), 'database_corrupt'],
    ['is no database', () => Buffer.from('Dear diary'), 'database_corrupt'],
    ['was cut off', (whole: Buffer) => whole.subarray(0, whole.length / 2), 'database_corrupt'],
  ])('refuses a backup that %s, and changes nothing', async (_, harm, code) => {
    await database.source.destroy();
    const before = [await files(), await readFile(database.path)];
    if (harm === undefined) backup = `${backup}.absent`;
    else await writeFile(backup, harm(await readFile(backup)));
    await expect(restore()).rejects.toMatchObject({ code });
    expect([await files(), await readFile(database.path)]).toEqual(before);
  });
});
