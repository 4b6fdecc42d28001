import { DatabaseError, type DatabaseErrorCode } from '../database.errors.js';

/** What SQLite's codes about the place of the database mean, and what would mend it. */
const TROUBLE: Readonly<Record<string, readonly [DatabaseErrorCode, string]>> = {
  SQLITE_FULL: [
    'database_full',
    'The database cannot take this: its disk is full. Free some space; work then goes on by itself.',
  ],
  SQLITE_READONLY: [
    'database_read_only',
    'The database takes no writes: its file or its folder is read-only. Make both writable; work then goes on by itself.',
  ],
  SQLITE_IOERR: [
    'database_io_failed',
    'The disk of the database failed. Look into the log of the operating system, and for free space.',
  ],
  SQLITE_CORRUPT: ['database_corrupt', 'The database file is damaged. Its operator has to restore a backup.'],
  SQLITE_NOTADB: [
    'database_corrupt',
    'The database file is damaged: it is no database any more. Its operator has to restore a backup.',
  ],
};

/**
 * Makes an error of SQLite that is about the disk or the file into a coded one, with the original as its cause; returns
 * every other error as it is. The message holds no path: clients may see it.
 *
 * @param access - of the connection; that a read-only one takes no writes tells nothing of the file
 */
export function asStorageError(error: unknown, access: 'read-write' | 'read-only'): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  const known = TROUBLE[error.code];
  if (known === undefined || (access === 'read-only' && error.code === 'SQLITE_READONLY')) return error;
  const [code, message] = known;
  return DatabaseError.of(code, `${message} (${error.message})`, error);
}

/** Whether an error says that the disk or the file keeps the database from working. */
export function isStorageError(error: unknown): error is DatabaseError {
  if (!(error instanceof DatabaseError)) return false;
  return Object.values(TROUBLE).some(([code]) => code === error.code);
}
