import { access, constants, open } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Clock } from 'penstock/kernel';

import { DatabaseError } from '../database.errors.js';
import type { SqliteConnection, SqliteEngine } from '../ports/sqlite-connection.js';
import { isErrno, sizeOf } from './files.js';

/** What a check of the file came to. */
export interface CheckReport {
  /** When it ended, in milliseconds since 1970. */
  readonly at: number;
  readonly tookMs: number;
  /** `unfinished`: it was given up when its time was over, and what it had seen till then was sound. */
  readonly result: 'ok' | 'unfinished';
}

/** How far a check goes. */
export interface CheckOptions {
  readonly clock: Clock;
  /** Longest time that it may take. */
  readonly limitMs: number;
}

const MAGIC = Buffer.from('SQLite format 3\0', 'latin1');

/**
 * Runs `PRAGMA quick_check` on a connection of its own, which changes nothing. A file that is not there, or is empty, is
 * a new database, and sound.
 *
 * @throws DatabaseError `database_corrupt` when the file is damaged or no database
 */
export async function quickCheck(
  engine: SqliteEngine,
  path: string,
  { clock, limitMs }: CheckOptions,
): Promise<CheckReport> {
  const startedAt = clock.monotonic();
  const report = (result: CheckReport['result']): CheckReport => ({
    at: clock.now(),
    tookMs: clock.monotonic() - startedAt,
    result,
  });
  if ((await sizeOf(path)) === 0) return report('ok');
  const connection = await openSound(engine, path);
  const timer = clock.setTimer(() => {
    connection.interrupt();
  }, limitMs);
  try {
    await check(connection, path, 'quick_check');
    return report('ok');
  } catch (error) {
    if (isErrno(error, 'SQLITE_INTERRUPT')) return report('unfinished');
    throw error;
  } finally {
    timer.cancel();
    await connection.close();
  }
}

/**
 * SQLite opens a file that it may not write as a read-only one, and says so with the first write only.
 *
 * @throws DatabaseError `database_read_only` when the file (if there is one) or its folder may not be written
 */
export async function checkWritable(path: string): Promise<void> {
  for (const name of [dirname(path), path]) {
    try {
      await access(name, constants.W_OK);
    } catch (error) {
      if (!isErrno(error, 'EACCES', 'EPERM', 'EROFS')) continue;
      throw readOnly(name, error);
    }
  }
}

/** That a file or a folder cannot be written. */
function readOnly(path: string, cause: unknown): DatabaseError {
  const message = `${path} may not be written by this process. Make it writable, or take another folder.`;
  return DatabaseError.of('database_read_only', message, cause);
}

/**
 * Runs `PRAGMA integrity_check`, which also compares tables with their indexes, however long it takes.
 *
 * @throws DatabaseError `database_corrupt`, also for an empty file
 */
export async function integrityCheck(engine: SqliteEngine, path: string): Promise<void> {
  const connection = await openSound(engine, path);
  try {
    await check(connection, path, 'integrity_check');
  } finally {
    await connection.close();
  }
}

/** Others may work on the file: after a kill, the first that opens it takes a moment to read the log. */
async function openSound(engine: SqliteEngine, path: string): Promise<SqliteConnection> {
  await checkHeader(path);
  const connection = await engine.open(path, 'read-only');
  await connection.exec('PRAGMA busy_timeout = 5000');
  return connection;
}

async function check(connection: SqliteConnection, path: string, pragma: string): Promise<void> {
  const [row] = await connection.all(`PRAGMA ${pragma}(1)`, []).catch((error: unknown) => {
    throw isErrno(error, 'SQLITE_CORRUPT', 'SQLITE_NOTADB') ? corrupt(path, messageOf(error), error) : error;
  });
  const found = row?.[pragma];
  if (found !== 'ok') throw corrupt(path, String(found).replaceAll('\n', ' '));
}

/** SQLite takes a file of a few bytes for an empty database, and would write over it. */
async function checkHeader(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    if (bytesRead < MAGIC.length || !buffer.equals(MAGIC)) throw corrupt(path, 'it is not a SQLite database');
  } finally {
    await file.close();
  }
}

function corrupt(path: string, found: string, cause?: unknown): DatabaseError {
  return DatabaseError.of(
    'database_corrupt',
    `${path} cannot be used: ${found}. Nothing was changed. Restore a backup.`,
    cause,
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
