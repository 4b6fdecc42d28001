import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { SystemClock, type Clock } from 'penstock/kernel';

import { DatabaseError } from '../database.errors.js';
import type { SqliteEngine } from '../ports/sqlite-connection.js';
import { Sqlite3Engine } from '../strategies/sqlite3-engine.js';
import { integrityCheck } from './checks.js';
import { exists, isErrno, sizeOf, syncFile, syncName } from './files.js';

/** What is copied where. */
export interface BackupOptions {
  /** The database file. Other processes may work on it. */
  readonly from: string;
  /** The file to make; its folder is made, too. */
  readonly to: string;
  /** Gives the backup up. */
  readonly signal?: AbortSignal;
  /** @defaultValue that of the `sqlite3` package */
  readonly engine?: SqliteEngine;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
}

/** A backup that was made. */
export interface BackupReport {
  readonly path: string;
  readonly bytes: number;
  readonly tookMs: number;
  /** What `PRAGMA integrity_check` said of the backup. Others are not kept. */
  readonly integrity: 'ok';
}

/**
 * Copies a database as it is at one moment, compacted, while others read and write it: `VACUUM INTO` in one read
 * transaction. (SQLite's backup API starts again after each write of others, and does not end while they go on.)
 *
 * The copy is checked and on disk before it gets its name; a crash leaves at most a file `<to>.part`.
 *
 * @throws DatabaseError `backup_exists`, `backup_failed`, `database_corrupt`; nothing is left then
 */
export async function backUpDatabase(options: BackupOptions): Promise<BackupReport> {
  const { from, to, engine = new Sqlite3Engine(1), clock = new SystemClock(), signal } = options;
  if (await exists(to)) {
    throw DatabaseError.of('backup_exists', `${to} exists already. Give the backup another name.`);
  }
  if (!(await exists(from))) {
    throw DatabaseError.of(
      'backup_failed',
      `There is no database at ${from}, so there is nothing to back up.`,
    );
  }
  const startedAt = clock.monotonic();
  const part = `${to}.part`;
  try {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await rm(part, { force: true });
    await copyDatabase(engine, { from, to: part, signal });
    await integrityCheck(engine, part);
    await rename(part, to);
    await syncName(to);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw failure(error, to);
  }
  return { path: to, bytes: await sizeOf(to), tookMs: clock.monotonic() - startedAt, integrity: 'ok' };
}

/** Copies into a file that is not there yet, for the user of this process only, and waits until it is on disk. */
export async function copyDatabase(
  engine: SqliteEngine,
  {
    from,
    to,
    signal,
  }: { readonly from: string; readonly to: string; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const connection = await engine.open(from, 'read-only');
  const interrupt = (): void => {
    connection.interrupt();
  };
  try {
    signal?.throwIfAborted();
    signal?.addEventListener('abort', interrupt, { once: true });
    await connection.exec('PRAGMA busy_timeout = 5000');
    await connection.all('VACUUM INTO ?', [to]);
  } finally {
    signal?.removeEventListener('abort', interrupt);
    await connection.close();
  }
  await chmod(to, 0o600);
  await syncFile(to);
}

function failure(error: unknown, to: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  if (isErrno(error, 'SQLITE_CORRUPT', 'SQLITE_NOTADB')) {
    return DatabaseError.of(
      'database_corrupt',
      `The database cannot be copied because it is damaged (${reason}). Restore an earlier backup.`,
      error,
    );
  }
  return DatabaseError.of(
    'backup_failed',
    `The backup ${to} could not be made, and nothing of it was left: ${reason}. The database is as it was.`,
    error,
  );
}
