import { z } from 'zod';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,90}\.sqlite$/;

/** The body of `POST /admin/database/backup`; it may be left out. */
export const makeBackupSchema = z
  .strictObject({
    name: z
      .string()
      .regex(NAME, 'expected the name of a file, without a folder, such as before-upgrade.sqlite')
      .optional()
      .meta({ description: 'By default the present time.', example: 'before-upgrade.sqlite' }),
  })
  .prefault({})
  .meta({ id: 'MakeBackup' });

const count = z.int().min(0);
const milliseconds = z.number().min(0);
const time = z.iso.datetime();

/** The answer of `POST /admin/database/backup`. */
export const backupSchema = z
  .object({
    name: z.string().meta({ example: 'before-upgrade.sqlite' }),
    path: z
      .string()
      .meta({ description: 'Where it is on the server.', example: '/data/backups/before-upgrade.sqlite' }),
    bytes: count,
    durationMs: count,
    integrity: z.literal('ok').meta({ description: 'What SQLite said of the backup; others are not kept.' }),
  })
  .meta({ id: 'Backup' });

const lastBackup = z.object({ name: z.string(), bytes: count, at: time });

const connections = z.object({
  size: count,
  active: count,
  idle: count,
  waiting: count,
  waits: z
    .object({
      count,
      sumMs: milliseconds,
      maxMs: milliseconds,
      p50Ms: milliseconds.nullable(),
      p99Ms: milliseconds.nullable(),
      buckets: z.array(z.object({ leMs: milliseconds.nullable(), count })),
    })
    .meta({
      description: 'How long callers waited for a connection since the start; most do not, in bucket 0.',
    }),
  longest: z
    .object({ label: z.string(), heldMs: milliseconds, since: time })
    .nullable()
    .meta({ description: 'Who has held one for longest. Of the writer: who holds it.' }),
});

const file = z.object({
  path: z.string(),
  bytes: count,
  pageBytes: count,
  pages: count,
  freePages: count.meta({ description: 'Pages that hold nothing; a backup leaves them out.' }),
  wal: z.object({
    bytes: count,
    limitBytes: count,
    overLimitSince: time.nullable(),
    lastCheckpoint: z
      .object({
        at: time,
        mode: z.enum(['PASSIVE', 'TRUNCATE']),
        complete: z.boolean(),
        error: z.string().nullable(),
      })
      .nullable(),
  }),
  startCheck: z
    .object({ at: time, durationMs: milliseconds, result: z.enum(['ok', 'unfinished']) })
    .nullable()
    .meta({ description: 'PRAGMA quick_check at the start; null when it was turned off.' }),
  lastBackup: lastBackup.nullable().meta({ description: 'The newest one in the folder backups.' }),
});

/** The answer of `GET /admin/database`. */
export const databaseSchema = z
  .object({
    engine: z.string().meta({ example: 'sqlite' }),
    pool: z.object({ readers: connections, writer: connections }),
    writeBehind: z
      .array(
        z.object({
          name: z.string(),
          pending: count,
          written: count,
          dropped: count,
          failures: count,
          lastError: z.string().nullable(),
        }),
      )
      .meta({ description: 'Counters that are written some time later.' }),
    file: file.nullable().meta({ description: 'null where the database is no file.' }),
  })
  .meta({ id: 'Database' });

export type MakeBackupBody = z.output<typeof makeBackupSchema>;
export type BackupView = z.output<typeof backupSchema>;
export type LastBackup = z.output<typeof lastBackup>;
export type ConnectionsView = z.output<typeof connections>;
export type FileView = z.output<typeof file>;
export type DatabaseView = z.output<typeof databaseSchema>;
