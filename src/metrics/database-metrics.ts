import { Inject, Injectable, Optional } from '@nestjs/common';
import { DatabaseFile, WriteBehindBuffers } from 'penstock/database';
import { AppMetrics } from 'penstock/metrics';

/** Shows the file of the database, and what waits to be written. Read at each scrape. */
@Injectable()
export class DatabaseMetrics {
  constructor(
    metrics: AppMetrics,
    buffers: WriteBehindBuffers,
    @Optional() @Inject(DatabaseFile) file: DatabaseFile | null,
  ) {
    if (file !== null) showFile(metrics, file);
    metrics.gauge({
      name: 'penstock_write_behind_rows',
      help: 'Rows that are written some time later, by what became of them.',
      labelNames: ['buffer', 'state'],
      collect: (gauge) => {
        for (const [buffer, { pending, written, dropped }] of buffers.stats()) {
          gauge.set({ buffer, state: 'pending' }, pending);
          gauge.set({ buffer, state: 'written' }, written);
          gauge.set({ buffer, state: 'dropped' }, dropped);
        }
      },
    });
  }
}

function showFile(metrics: AppMetrics, file: DatabaseFile): void {
  metrics.gauge({
    name: 'penstock_database_bytes',
    help: 'Size of the database file, of its pages that hold nothing, and of its write-ahead log.',
    labelNames: ['part'],
    collect: async (gauge) => {
      const { bytes, freePages, pageBytes, wal } = await file.state();
      gauge.set({ part: 'file' }, bytes);
      gauge.set({ part: 'free' }, freePages * pageBytes);
      gauge.set({ part: 'wal' }, wal.bytes);
    },
  });
  metrics.gauge({
    name: 'penstock_database_wal_over_limit',
    help: 'Whether the write-ahead log has outgrown its limit.',
    collect: async (gauge) => {
      gauge.set((await file.state()).wal.overLimitSince === null ? 0 : 1);
    },
  });
}
