import { Inject, Injectable, Optional } from '@nestjs/common';
import {
  DatabaseFile,
  DatabasePool,
  WriteBehindBuffers,
  type CheckReport,
  type ConnectionStats,
  type WalState,
} from 'penstock/database';
import { Clock } from 'penstock/kernel';
import { DataSource } from 'typeorm';

import { DatabaseBackups } from './database-backups.js';
import type { ConnectionsView, DatabaseView, FileView } from './database.schemas.js';

/** The type under which TypeORM knows the pooled driver. */
const POOLED_SQLITE = 'better-sqlite3';

/** Shows operators how the database is. */
@Injectable()
export class DatabaseReport {
  constructor(
    private readonly source: DataSource,
    private readonly pool: DatabasePool,
    private readonly buffers: WriteBehindBuffers,
    private readonly backups: DatabaseBackups,
    private readonly clock: Clock,
    @Optional() @Inject(DatabaseFile) private readonly file: DatabaseFile | null,
  ) {}

  async read(): Promise<DatabaseView> {
    const { type } = this.source.options;
    const { readers, writer } = this.pool.stats();
    return {
      engine: type === POOLED_SQLITE ? 'sqlite' : type,
      pool: { readers: this.#connections(readers), writer: this.#connections(writer) },
      writeBehind: Array.from(this.buffers.stats(), ([name, stats]) => ({ name, ...stats })),
      file: this.file === null ? null : await this.#file(this.file),
    };
  }

  #connections({ longest, waits, ...stats }: ConnectionStats): ConnectionsView {
    return {
      ...stats,
      waits: { ...waits, buckets: [...waits.buckets] },
      longest: longest === null ? null : { ...longest, since: toIso(this.clock.now() - longest.heldMs) },
    };
  }

  async #file(file: DatabaseFile): Promise<FileView> {
    const { startCheck, wal, ...state } = await file.state();
    return {
      ...state,
      wal: walView(wal),
      startCheck: startCheck === null ? null : checkView(startCheck),
      lastBackup: await this.backups.last(),
    };
  }
}

function walView({ overLimitSince, lastCheckpoint, ...wal }: WalState): FileView['wal'] {
  return {
    ...wal,
    overLimitSince: overLimitSince === null ? null : toIso(overLimitSince),
    lastCheckpoint: lastCheckpoint === null ? null : { ...lastCheckpoint, at: toIso(lastCheckpoint.at) },
  };
}

function checkView({ at, tookMs, result }: CheckReport): NonNullable<FileView['startCheck']> {
  return { at: toIso(at), durationMs: tookMs, result };
}

const toIso = (time: number): string => new Date(time).toISOString();
