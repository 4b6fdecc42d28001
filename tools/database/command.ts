import { join, resolve } from 'node:path';

import {
  backUpDatabase,
  restoreDatabase,
  type RestoredConnection,
  type RestoreOptions,
} from 'penstock/database';
import { CodedError, SystemClock } from 'penstock/kernel';

import { readConfig, type Environment } from '../../src/config/index.js';
import { endUnsent } from '../../src/generations/end-unsent.js';
import { DatabaseOperationError, timestamp } from '../../src/database/index.js';

/** What a command came to: a line for people, and the exit code of the process. */
export interface Outcome {
  readonly message: string;
  readonly exitCode: 0 | 1 | 2;
}

const USAGE = `Usage:
  npm run db:backup -- [file]   copy the database, also while the gateway runs; by default into backups/ of the data folder
  npm run db:restore -- <file>  put a backup in the place of the database; the gateway must be stopped

Options of db:restore:
  --keep-queued  submit what was waiting when the backup was made; without it that fails with restored_from_backup,
                 since it may have been submitted after the backup and would be paid twice`;
const KEEP_QUEUED = '--keep-queued';

/** Carries out a command line. @param environment - as of `readConfig` */
export async function runCommand(words: readonly string[], environment?: Environment): Promise<Outcome> {
  const [command, file, ...rest] = words.filter((word) => word !== KEEP_QUEUED);
  const isBackup = command === 'backup';
  const keepQueued = words.includes(KEEP_QUEUED);
  const isSound = isBackup ? !keepQueued : command === 'restore' && file !== undefined;
  if (rest.length > 0 || !isSound) return { message: USAGE, exitCode: 2 };
  try {
    const { dataDir, database } = await readConfig(environment);
    if (database.kind !== 'sqlite') throw DatabaseOperationError.backupUnsupported();
    const { path } = database;
    const message = isBackup
      ? await backUp({ dataDir, path }, file)
      : await restore({ from: resolve(file ?? ''), to: path }, keepQueued);
    return { message, exitCode: 0 };
  } catch (error) {
    return {
      message: error instanceof CodedError ? `${error.code}: ${error.message}` : String(error),
      exitCode: 1,
    };
  }
}

async function backUp(
  { dataDir, path: from }: { readonly dataDir: string; readonly path: string },
  file: string | undefined,
): Promise<string> {
  const name = `penstock-${timestamp(new SystemClock().now())}.sqlite`;
  const to = file === undefined ? join(dataDir, 'backups', name) : resolve(file);
  const { bytes, tookMs } = await backUpDatabase({ from, to });
  return (
    `${to}: ${bytes} bytes in ${tookMs.toFixed(0)} ms, integrity ok. ` +
    'Keep secret.key (or PENSTOCK_SECRET_KEY) too, apart from it: tokens do not open without.'
  );
}

async function restore(files: Pick<RestoreOptions, 'from' | 'to'>, keepQueued: boolean): Promise<string> {
  let ended = 0;
  const prepare = async (connection: RestoredConnection): Promise<void> => {
    if (!keepQueued) ended = await endUnsent(connection, new SystemClock().now());
  };
  const { path, previous } = await restoreDatabase({ ...files, prepare });
  const kept = previous === null ? 'There was none before.' : `The one before is ${previous}.`;
  return (
    `${path} is the backup ${files.from} now. ${kept} Generations ended because they may have been submitted after ` +
    `the backup: ${String(ended)}. Tokens open with the secret.key of the backup's time.`
  );
}
