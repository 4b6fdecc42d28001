import type { Client } from 'pg';

import { DatabaseError } from '../database.errors.js';
import type { ResolvedPostgresOptions } from './postgres.options.js';

/** First half of the lock's key, "PENS"; the second is made from the schema. */
const LOCK_CLASS = 0x50454e53;
const PAUSE_MS = 100;

/**
 * Makes a connection the owner of its database and schema: it holds a session's advisory lock, which the server drops
 * with the connection, however that ends. Where the connection that owns is the one that writes, nobody writes who does
 * not own.
 *
 * @throws DatabaseError `database_in_use` when somebody else owns it and does not end in time
 */
export async function claimOwnership(client: Client, options: ResolvedPostgresOptions): Promise<void> {
  const { clock, ownerTimeoutMs, location } = options;
  const deadline = clock.monotonic() + ownerTimeoutMs;
  while (!(await tryToClaim(client))) {
    if (clock.monotonic() >= deadline) {
      throw DatabaseError.of(
        'database_in_use',
        `Another process works on the database at ${location}. Stop it, or give this one a database of its own.`,
      );
    }
    await clock.sleep(PAUSE_MS);
  }
}

async function tryToClaim(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ owned: boolean }>(
    'SELECT pg_try_advisory_lock($1, hashtext(current_schema())) AS owned',
    [LOCK_CLASS],
  );
  return rows[0]?.owned === true;
}
