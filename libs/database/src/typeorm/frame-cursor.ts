import type { SqliteCursor, SqliteValue } from '../ports/sqlite-connection.js';
import type { Frame } from '../transactions/frame.js';

/** A cursor whose every step takes its turn in a frame. */
export function cursorIn(frame: Frame, sql: string, parameters: readonly SqliteValue[]): SqliteCursor {
  const cursor = frame.lease.connection.open(sql, parameters);
  return { next: () => frame.statement(() => cursor.next()), close: () => cursor.close() };
}
