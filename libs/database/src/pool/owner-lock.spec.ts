import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { TemporaryFolder } from '../../testing/index.js';
import { PooledSqliteDataSource } from '../index.js';
import { Sqlite3Engine } from '../strategies/sqlite3-engine.js';
import { OwnerLock } from './owner-lock.js';

describe('OwnerLock', () => {
  const folder = new TemporaryFolder();
  let path: string;
  const engine = new Sqlite3Engine(10);
  const lock = (): OwnerLock => new OwnerLock(path, engine);

  beforeEach(async () => {
    path = await folder.file('owned.sqlite');
  });
  afterEach(() => folder.remove());

  it('has one owner, and after it the next', async () => {
    const [one, two] = [lock(), lock()];
    await one.acquire(0);
    await expect(two.acquire(50)).rejects.toMatchObject({
      code: 'database_in_use',
      message: `Another process works on ${path}. Stop it, or give this one a file of its own.`,
    });
    await one.release();
    await one.release();
    await two.acquire(0);
    await two.release();
  });

  it('waits for an owner that is about to end', async () => {
    const [one, two] = [lock(), lock()];
    await one.acquire(0);
    const waiting = two.acquire(5_000);
    await one.release();
    await waiting;
    await two.release();
  });

  it('ends with its process, killed or not', async () => {
    const sqlite3 = createRequire(import.meta.url).resolve('sqlite3');
    const program = `
      const { Database } = require(${JSON.stringify(sqlite3)});
      const database = new Database(${JSON.stringify(`${path}.lock`)});
      database.exec('BEGIN EXCLUSIVE', () => console.log('owned'));
      setInterval(() => database, 1000);
    `;
    const owner = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(owner.stdout, 'data');
    await expect(lock().acquire(0)).rejects.toMatchObject({ code: 'database_in_use' });
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    const next = lock();
    await next.acquire(0);
    await next.release();
  });

  it('is taken by a data source that wants to be the only one, before it touches the file', async () => {
    const make = (): PooledSqliteDataSource =>
      new PooledSqliteDataSource({ path, exclusive: true, busyTimeoutMs: 300 });
    const first = await make().initialize();
    await expect(make().initialize()).rejects.toMatchObject({ code: 'database_in_use' });
    await first.destroy();
    await (await make().initialize()).destroy();
  });
});
