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

/** While the file cannot be looked at, it is left out of the scrape. */
function showFile(metrics: AppMetrics, file: DatabaseFile): void {
  const read = () => file.state().catch(() => null);
  metrics.gauge({
    name: 'penstock_database_bytes',
    help: 'Size of the database file, of its pages that hold nothing, and of its write-ahead log.',
    labelNames: ['part'],
    collect: async (gauge) => {
      const state = await read();
      gauge.reset();
      if (state === null) return;
      gauge.set({ part: 'file' }, state.bytes);
      gauge.set({ part: 'free' }, state.freePages * state.pageBytes);
      gauge.set({ part: 'wal' }, state.wal.bytes);
    },
  });
  metrics.gauge({
    name: 'penstock_database_wal_over_limit',
    help: 'Whether the write-ahead log has outgrown its limit.',
    collect: async (gauge) => {
      const state = await read();
      if (state !== null) gauge.set(state.wal.overLimitSince === null ? 0 : 1);
    },
  });
}
