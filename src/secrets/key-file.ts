import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import { parseSecretKeys, type SecretKey } from './secret-key.js';
import { SecretError } from './secrets.errors.js';

const FILE_NAME = 'secret.key';
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/** A key from {@link loadOrCreateKeyFile}. */
export interface KeyFile {
  readonly path: string;
  readonly keys: readonly SecretKey[];
  /** This call made the file. */
  readonly created: boolean;
}

/**
 * Reads `secret.key` in the data folder, or makes folder and file. Of processes that start at the same time one makes
 * the key and all get it; a crash in between leaves no half-written key, and a key that was returned survives a power
 * cut.
 *
 * @throws SecretError `secret_key_file_unsafe` when somebody else may read the file, `secret_key_file_malformed` when
 *   it holds no key
 */
export async function loadOrCreateKeyFile(dataDir: string): Promise<KeyFile> {
  const path = join(dataDir, FILE_NAME);
  const existing = await readKeyFile(path);
  if (existing !== undefined) return { path, keys: existing, created: false };
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const created = await createKeyFile(dataDir, path);
  const keys = await readKeyFile(path);
  if (keys === undefined) throw malformed(path);
  return { path, keys, created };
}

async function readKeyFile(path: string): Promise<readonly SecretKey[] | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  await refuseReadableByOthers(path);
  const keys = parseSecretKeys(text.trim());
  if (keys === undefined) throw malformed(path);
  return keys;
}

async function refuseReadableByOthers(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode } = await stat(path);
  if ((mode & OTHERS) === 0) return;
  throw SecretError.of(
    'secret_key_file_unsafe',
    `${path} has mode ${(mode & 0o777).toString(8)}: others may read the key that seals every token. ` +
      `Run: chmod 600 ${path}`,
  );
}

/** Writes a complete file under another name, then links it to its own: the link is what only one process gets. */
async function createKeyFile(dataDir: string, path: string): Promise<boolean> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', OWNER_ONLY);
  try {
    await file.writeFile(`${randomBytes(32).toString('hex')}\n`);
    await file.sync();
    await file.close();
    await link(draft, path);
    await syncFolder(dataDir);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await file.close();
    await unlink(draft);
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function malformed(path: string): SecretError {
  return SecretError.of(
    'secret_key_file_malformed',
    `${path} does not hold a key of 64 hexadecimal digits. Restore it from a backup; without it stored tokens cannot ` +
      `be opened. If there are none yet, delete the file and a new key is made.`,
  );
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
