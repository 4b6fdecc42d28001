import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { DatabaseError } from '../database.errors.js';
import type { SqliteConnection } from '../ports/sqlite-connection.js';

/** More databases beside the main one: the name that entities and SQL use, to the file. */
export type AttachedFiles = Readonly<Record<string, string>>;

/** What SQLite is built to take (`SQLITE_MAX_ATTACHED`). */
const MOST_ATTACHED = 10;
const NAME = /^[a-z_]\w{0,62}$/i;
const RESERVED = new Set(['main', 'temp']);

/** Checks names and files. @throws RangeError naming the entry, what was got and what is right */
export function checkAttached(attach: AttachedFiles, path: string): void {
  const names = Object.keys(attach);
  if (names.length > MOST_ATTACHED) {
    throw new RangeError(`attach must name at most ${MOST_ATTACHED} databases, got ${names.length}`);
  }
  for (const name of names) checkName(name);
  const files = new Set([resolve(path)]);
  for (const [name, file] of Object.entries(attach)) {
    checkFile(name, file, path);
    if (file !== ':memory:' && files.has(resolve(file))) {
      throw new RangeError(`attach.${name} must be a file that is not in use already, got ${file}`);
    }
    files.add(resolve(file));
  }
}

/** Attaches every database to a connection. A read-only connection attaches read-only, and only what exists. */
export async function attachAll(
  connection: SqliteConnection,
  attach: AttachedFiles,
  access: 'read-write' | 'read-only',
): Promise<void> {
  for (const [name, file] of Object.entries(attach)) {
    if (access === 'read-write' && file !== ':memory:') await mkdir(dirname(file), { recursive: true });
    await connection.run(`ATTACH ? AS "${name}"`, [file]);
  }
}

/** Turns the write-ahead log of one database on. @throws DatabaseError `wal_unavailable` where that does not work */
export async function useWal(connection: SqliteConnection, name: string, file: string): Promise<void> {
  const [row] = await connection.all(`PRAGMA "${name}".journal_mode = WAL`, []);
  if (row?.['journal_mode'] === 'wal') return;
  throw DatabaseError.of(
    'wal_unavailable',
    `SQLite cannot use a write-ahead log for ${file} (journal mode ${String(row?.['journal_mode'])}). ` +
      'Put the file on a local disk.',
  );
}

function checkName(name: string): void {
  if (NAME.test(name) && !RESERVED.has(name.toLowerCase())) return;
  throw new RangeError(
    `attach must have names of letters, digits and "_" other than "main" and "temp", got ${JSON.stringify(name)}`,
  );
}

function checkFile(name: string, file: string, path: string): void {
  if (file === ':memory:' && path !== ':memory:') {
    throw new RangeError(`attach.${name} must be a file unless path is ":memory:" too, got ":memory:"`);
  }
  if (file === '' || file.startsWith('file:')) {
    throw new RangeError(`attach.${name} must be a plain path, got ${JSON.stringify(file)}`);
  }
}
