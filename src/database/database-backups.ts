import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { DatabaseFile } from 'penstock/database';
import { Clock } from 'penstock/kernel';

import { PenstockConfig } from '../config/index.js';
import { DatabaseOperationError } from './database.errors.js';
import type { BackupView, LastBackup } from './database.schemas.js';

/** Backups in the folder `backups` of the data folder. */
@Injectable()
export class DatabaseBackups {
  readonly #logger = new Logger('Database');
  readonly #folder: string;

  constructor(
    config: PenstockConfig,
    private readonly clock: Clock,
    @Optional() @Inject(DatabaseFile) private readonly file: DatabaseFile | null,
  ) {
    this.#folder = join(config.dataDir, 'backups');
  }

  /**
   * @param name - of the file, without any folder; by default the present time
   * @throws DatabaseOperationError `backup_unsupported`; DatabaseError as `DatabaseFile.backUp`
   */
  async make(name = `penstock-${timestamp(this.clock.now())}.sqlite`): Promise<BackupView> {
    if (this.file === null) throw DatabaseOperationError.backupUnsupported();
    const { path, bytes, tookMs, integrity } = await this.file.backUp(join(this.#folder, name));
    this.#logger.log({ path, bytes }, 'A backup was made');
    return { name, path, bytes, durationMs: Math.round(tookMs), integrity };
  }

  /** The newest one, whoever made it; `null` when there is none. */
  async last(): Promise<LastBackup | null> {
    const names = await readdir(this.#folder).catch(() => []);
    const backups = await Promise.all(
      names.filter((name) => name.endsWith('.sqlite')).map((name) => this.#describe(name)),
    );
    return backups.flat().toSorted((a, b) => b.at.localeCompare(a.at))[0] ?? null;
  }

  /** Nothing for one that was removed meanwhile. */
  async #describe(name: string): Promise<LastBackup[]> {
    const file = await stat(join(this.#folder, name)).catch(() => null);
    return file === null ? [] : [{ name, bytes: file.size, at: file.mtime.toISOString() }];
  }
}

/** A time as part of a file's name. */
export function timestamp(time: number): string {
  return new Date(time).toISOString().replaceAll(/[:.]/g, '-');
}
