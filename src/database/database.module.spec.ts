import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DatabaseFile, DatabasePool, PooledSqliteDataSource, WriteBehindBuffers } from 'penstock/database';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { AuthModule, authMigrations } from '../auth/index.js';
import { startApp, type TestApp } from '../../test/support/start-app.js';
import { DatabaseCare } from './database-care.js';
import { DatabaseOperationsModule } from './database.module.js';
import { backupSchema, databaseSchema, type DatabaseView } from './database.schemas.js';

describe('/admin/database', () => {
  let test: TestApp;

  beforeEach(async () => {
    test = await startApp({
      imports: [AuthModule, DatabaseOperationsModule],
      migrations: [...authMigrations],
    });
  });
  afterEach(() => test.close());

  const read = async (): Promise<DatabaseView> =>
    databaseSchema.parse((await test.request('GET', '/admin/database')).body);
  const backUp = (body?: unknown) =>
    test.request('POST', '/admin/database/backup', body === undefined ? {} : { body });

  it('is for admins', async () => {
    const { body } = await test.request('POST', '/admin/keys', { body: { label: 'a', scopes: ['metrics'] } });
    const authorization = `Bearer ${(body as { key: string }).key}`;
    expect((await test.request('GET', '/admin/database', { authorization })).status).toBe(403);
    expect((await test.request('POST', '/admin/database/backup', { authorization })).status).toBe(403);
  });

  it('tells of the engine, the file, the pool and what waits to be written', async () => {
    const buffer = test.app.get(WriteBehindBuffers).create<string>({
      name: 'visits',
      write: () => Promise.resolve(),
    });
    buffer.add('one');
    const { engine, pool, writeBehind, file } = await read();
    expect(engine).toBe('sqlite');
    expect(pool.readers).toMatchObject({ size: 5, waiting: 0 });
    expect(pool.writer).toMatchObject({ size: 1, longest: null });
    expect(pool.writer.waits.count).toBeGreaterThan(0);
    expect(writeBehind).toContainEqual({
      name: 'visits',
      pending: 1,
      written: 0,
      dropped: 0,
      failures: 0,
      lastError: null,
    });
    const path = join(test.dataDir, 'test.sqlite');
    expect(file).toMatchObject({
      path,
      bytes: (await stat(path)).size,
      wal: { bytes: (await stat(`${path}-wal`)).size, limitBytes: 64 * 2 ** 20, overLimitSince: null },
      startCheck: { result: 'ok' },
      lastBackup: null,
    });
  });

  it('names who holds the writer, and since when', async () => {
    const view = await test.app.get(DatabasePool).write(
      async () => {
        await test.clock.advance(1_500);
        return read();
      },
      { label: 'nightly cleanup' },
    );
    expect(view.pool.writer.longest).toEqual({
      label: 'nightly cleanup',
      heldMs: 1_500,
      since: new Date(test.clock.now() - 1_500).toISOString(),
    });
  });

  it('empties the write-ahead log when nobody writes, and says so', async () => {
    expect((await read()).file?.wal.bytes).toBeGreaterThan(0);
    await test.app.get(DatabaseCare).look();
    expect((await read()).file?.wal).toMatchObject({
      bytes: 0,
      lastCheckpoint: { mode: 'TRUNCATE', complete: true, error: null },
    });
  });

  it('makes a backup into the folder of backups', async () => {
    const { status, body } = await backUp();
    expect(status).toBe(201);
    const { name, path, bytes, integrity } = backupSchema.parse(body);
    expect([path, integrity]).toEqual([join(test.dataDir, 'backups', name), 'ok']);
    expect(await stat(path)).toMatchObject({ size: bytes, mode: 0o100600 });
    expect((await read()).file?.lastBackup).toMatchObject({ name, bytes });
    const copy = await new PooledSqliteDataSource({ path }).initialize();
    expect(await copy.query('SELECT count(*) AS n FROM api_keys')).toEqual([{ n: 0 }]);
    await copy.destroy();
  });

  it('makes one at a time', async () => {
    const answers = await Promise.all([
      backUp({ name: 'a.sqlite' }),
      backUp({ name: 'b.sqlite' }),
      backUp({ name: 'a.sqlite' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ error: { code: 'backup_running' } });
    expect(await readdir(join(test.dataDir, 'backups'))).toHaveLength(1);
  });

  it('does not write over a backup', async () => {
    await backUp({ name: 'a.sqlite' });
    expect(await backUp({ name: 'a.sqlite' })).toMatchObject({
      status: 409,
      body: { error: { code: 'backup_exists' } },
    });
  });

  it.each(['../a.sqlite', '/tmp/a.sqlite', 'a/b.sqlite', 'a\\b.sqlite', '..', 'a', '.a.sqlite', 7, ''])(
    'takes only the name of a file: not %j',
    async (name) => {
      const { status, body } = await backUp({ name });
      expect(status).toBe(400);
      expect(body).toMatchObject({ error: { param: 'name' } });
    },
  );

  it('says why a backup could not be made, and leaves nothing', async () => {
    await writeFile(join(test.dataDir, 'backups'), 'not a folder');
    expect(await backUp()).toMatchObject({ status: 503, body: { error: { code: 'backup_failed' } } });
    expect((await read()).file?.lastBackup).toBeNull();
  });

  it('gives a backup up when the process ends', async () => {
    const file = test.app.get(DatabaseFile);
    const refused = expect(file.backUp(join(test.dataDir, 'late.sqlite'))).rejects.toMatchObject({
      code: 'database_closed',
    });
    const closed = file.close();
    await Promise.all([refused, closed]);
    expect((await readdir(test.dataDir)).filter((name) => name.startsWith('late'))).toEqual([]);
  });
});

it('does without what only a file has where the database is none', async () => {
  const test = await startApp({
    imports: [AuthModule, DatabaseOperationsModule],
    migrations: [...authMigrations],
    globals: [{ provide: DatabaseFile, useValue: null }],
  });
  expect((await test.request('GET', '/admin/database')).body).toMatchObject({ file: null });
  expect(await test.request('POST', '/admin/database/backup')).toMatchObject({
    status: 409,
    body: { error: { code: 'backup_unsupported' } },
  });
  await test.app.get(DatabaseCare).look();
  await test.close();
});
