import { copyFile, link, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { SystemClock, type Clock } from 'penstock/kernel';

import { DatabaseError } from '../database.errors.js';
import { OwnerLock } from '../pool/owner-lock.js';
import type { SqliteConnection, SqliteEngine } from '../ports/sqlite-connection.js';
import { Sqlite3Engine } from '../strategies/sqlite3-engine.js';
import { copyDatabase } from './backup.js';
import { integrityCheck } from './checks.js';
import { exists, syncName } from './files.js';

/** What is put where. */
export interface RestoreOptions {
  /** The backup. It is only read. */
  readonly from: string;
  /** The database file to replace, or to make. No process may work on it. */
  readonly to: string;
  /**
   * Changes the copy before it takes the place of the database; what it throws undoes the restore.
   *
   * @defaultValue nothing
   */
  readonly prepare?: (connection: RestoredConnection) => Promise<void>;
  /** @defaultValue that of the `sqlite3` package */
  readonly engine?: SqliteEngine;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
}

/** What a restore did. */
export interface RestoreReport {
  readonly path: string;
  /** Where the file that was there before is now; `null` when there was none. */
  readonly previous: string | null;
}

/** Statements on a copy that nobody else uses. */
export type RestoredConnection = Pick<SqliteConnection, 'all' | 'run'>;

const LOG_FILES = ['-wal', '-shm'] as const;

/**
 * Puts a backup in the place of a database, after a check of it, in one step: a crash leaves either the old or the new
 * one. The old one is kept beside it as `<to>.before-restore-<time>`.
 *
 * @throws DatabaseError `database_in_use` while an exclusive owner works on it; `backup_not_found`; `database_corrupt`
 *   for a backup that is not sound; nothing is changed then
 */
export async function restoreDatabase(options: RestoreOptions): Promise<RestoreReport> {
  const { from, to, engine = new Sqlite3Engine(1), clock = new SystemClock() } = options;
  if (!(await exists(from))) throw DatabaseError.of('backup_not_found', `There is no backup at ${from}.`);
  await mkdir(dirname(to), { recursive: true });
  const lock = new OwnerLock(to, engine);
  await lock.acquire(0);
  const next = `${to}.restoring`;
  try {
    await integrityCheck(engine, from);
    await removeCopy(next);
    await copyDatabase(engine, { from, to: next });
    if (options.prepare !== undefined) await prepareCopy(engine, next, options.prepare);
    const previous = (await exists(to)) ? await setAside(engine, to, clock) : null;
    for (const suffix of LOG_FILES) await rm(`${to}${suffix}`, { force: true });
    await rename(next, to);
    await syncName(to);
    return { path: to, previous };
  } finally {
    await removeCopy(next);
    await lock.release();
  }
}

/** A log of its own would be left behind by the switch, so there is none. */
async function prepareCopy(
  engine: SqliteEngine,
  path: string,
  prepare: (connection: RestoredConnection) => Promise<void>,
): Promise<void> {
  const connection = await engine.open(path, 'read-write');
  try {
    const [mode] = await connection.all('PRAGMA journal_mode', []);
    await connection.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL');
    await prepare(connection);
    await connection.exec(`PRAGMA journal_mode = ${String(mode?.['journal_mode'])}`);
  } finally {
    await connection.close();
  }
}

async function removeCopy(path: string): Promise<void> {
  for (const suffix of ['', ...LOG_FILES, '-journal']) await rm(`${path}${suffix}`, { force: true });
}

/**
 * Gives the database a second name. Its log is moved into it first, so that it is whole without the log, and the switch
 * is one `rename`. A damaged one may not allow that: then its log is kept with it.
 */
async function setAside(engine: SqliteEngine, path: string, clock: Clock): Promise<string> {
  const time = new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-');
  const previous = `${path}.before-restore-${time}`;
  await emptyLog(engine, path);
  for (const suffix of ['', ...LOG_FILES]) {
    if (await exists(`${path}${suffix}`)) await duplicate(`${path}${suffix}`, `${previous}${suffix}`);
  }
  await syncName(path);
  return previous;
}

async function emptyLog(engine: SqliteEngine, path: string): Promise<void> {
  try {
    const connection = await engine.open(path, 'read-write');
    await connection.all('PRAGMA wal_checkpoint(TRUNCATE)', []).catch(() => undefined);
    await connection.close();
  } catch {
    // A damaged file is what one restores a backup for.
  }
}

/** A second name costs nothing; some file systems have none. */
async function duplicate(path: string, to: string): Promise<void> {
  await link(path, to).catch(() => copyFile(path, to));
}
