import { DatabaseError } from '../database.errors.js';
import type { PooledConnection } from '../ports/pooled-connection.js';
import type { ConnectionPool } from './connection-pool.js';

/**
 * Lets work in progress and in line end, for at most `timeoutMs`.
 *
 * @returns `close_timeout` naming what has to be cut off, to be thrown once all is closed
 */
export async function drainPools<Connection extends PooledConnection>(
  pools: readonly ConnectionPool<Connection>[],
  timeoutMs: number,
): Promise<DatabaseError | undefined> {
  const cutOff = (await Promise.all(pools.map((pool) => pool.drain(timeoutMs)))).flat();
  if (cutOff.length === 0) return undefined;
  return DatabaseError.of(
    'close_timeout',
    `Closed the database after ${timeoutMs} ms with work in progress: ${cutOff.join(', ')}. ` +
      'Await all work before closing, or raise closeTimeoutMs.',
  );
}
