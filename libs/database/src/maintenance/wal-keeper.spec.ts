import { stat } from 'node:fs/promises';

import { ManualClock } from 'penstock/kernel/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { FakeConnection, Gate, LibraryDatabase } from '../../testing/index.js';
import { Sqlite3Engine } from '../strategies/sqlite3-engine.js';
import { WalKeeper } from './wal-keeper.js';

const MIB = 2 ** 20;

describe('WalKeeper', () => {
  const clock = new ManualClock();
  let database: LibraryDatabase;
  let keeper: WalKeeper;
  let told: string[];
  let isWriting: boolean;

  beforeEach(async () => {
    database = await LibraryDatabase.open();
    await database.source.query('CREATE TABLE bulk (bytes BLOB)');
    told = [];
    isWriting = false;
    keeper = make();
  });
  afterEach(async () => {
    await keeper.close();
    await database.remove();
  });

  const make = (engine: ConstructorParameters<typeof WalKeeper>[0]['engine'] = new Sqlite3Engine(1)) =>
    new WalKeeper({
      path: database.path,
      limitBytes: MIB,
      engine,
      clock,
      log: { warn: (line) => told.push(`warn ${line}`), log: (line) => told.push(`log ${line}`) },
      whileNobodyWrites: async (work) => {
        if (!isWriting) await work();
      },
      longestReader: () => database.pool.stats().readers.longest,
    });
  const write = (mebibytes: number): Promise<unknown> =>
    database.source.query('INSERT INTO bulk VALUES (zeroblob(?))', [mebibytes * MIB]);
  const walBytes = async (): Promise<number> => (await stat(`${database.path}-wal`)).size;

  it('empties the log when nobody writes', async () => {
    await write(0.5);
    expect(await walBytes()).toBeGreaterThan(0.5 * MIB);
    await keeper.look();
    expect(await walBytes()).toBe(0);
    expect(await keeper.state()).toEqual({
      bytes: 0,
      limitBytes: MIB,
      overLimitSince: null,
      lastCheckpoint: { at: clock.now(), mode: 'TRUNCATE', complete: true, error: null },
    });
  });

  it('moves what it can while somebody writes, and waits for nobody', async () => {
    isWriting = true;
    await write(0.5);
    await database.pool.transaction(async (manager) => {
      await manager.query('INSERT INTO bulk VALUES (1)');
      await keeper.look();
    });
    expect(await walBytes()).toBeGreaterThan(0);
    expect((await keeper.state()).lastCheckpoint).toMatchObject({ mode: 'PASSIVE', complete: true });
  });

  it('lets a writer that comes at the wrong moment go first', async () => {
    await write(0.1);
    await database.pool.transaction(async (manager) => {
      await manager.query('INSERT INTO bulk VALUES (1)');
      await keeper.look();
    });
    expect((await keeper.state()).lastCheckpoint).toMatchObject({ mode: 'TRUNCATE', complete: false });
    await keeper.look();
    expect(await walBytes()).toBe(0);
  });

  it('tells once that the log has outgrown its limit, and of whom, and once that it has shrunk', async () => {
    const gate = new Gate();
    const reading = new Gate();
    const report = database.pool.read(
      async (manager) => {
        await manager.query('SELECT count(*) FROM bulk');
        reading.open();
        await gate.passed;
      },
      { label: 'monthly report' },
    );
    await reading.passed;
    await write(2);
    await keeper.look();
    await keeper.look();
    expect(told).toEqual([
      expect.stringMatching(
        /^warn The write-ahead log has grown to \d\.\d MiB \(limit 1\.0 MiB\)\. Most likely "monthly report" keeps it, which has been reading for \d+\.\d s\./,
      ),
    ]);
    expect((await keeper.state()).overLimitSince).toBe(clock.now());
    gate.open();
    await report;
    await keeper.look();
    await keeper.look();
    expect(told.slice(1)).toEqual(['log The write-ahead log is down to 0.0 MiB again.']);
    expect((await keeper.state()).overLimitSince).toBeNull();
  });

  it('says why the log cannot be moved, and tries again with a new connection', async () => {
    await write(2);
    const broken = new FakeConnection();
    broken.all = () => Promise.reject(new Error('SQLITE_FULL: no space'));
    const opens = [() => Promise.resolve(broken), () => Promise.reject(new Error('no more files'))];
    const failing = make({
      open: (path, access) => (opens.shift() ?? (() => new Sqlite3Engine(1).open(path, access)))(),
    });
    await failing.look();
    expect(told).toEqual([
      expect.stringContaining('It cannot be moved into the database: Error: SQLITE_FULL'),
    ]);
    expect(broken.closed).toBe(true);
    await failing.look();
    expect((await failing.state()).lastCheckpoint).toMatchObject({ error: 'Error: no more files' });
    await failing.look();
    expect(await failing.state()).toMatchObject({
      bytes: 0,
      lastCheckpoint: { complete: true, error: null },
    });
    await failing.close();
  });
});
