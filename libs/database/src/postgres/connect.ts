import { Client, types, type CustomTypesConfig } from 'pg';

import type { ResolvedPostgresOptions } from './postgres.options.js';
import { unavailable } from './postgres-failures.js';

const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_AFTER_MS = 10_000;

/** As SQLite does, 64-bit integers become numbers: exact up to 2^53, and imprecise beyond. */
const numbers: CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === types.builtins.INT8 ? Number : (types.getTypeParser(oid, format) as () => unknown),
};

/** Opens a connection. @throws DatabaseError `database_unavailable` */
export async function connect(options: ResolvedPostgresOptions): Promise<Client> {
  const client = new Client({
    connectionString: options.url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    fallback_application_name: 'penstock',
    types: numbers,
  });
  // Whoever waits for an answer is told of a lost connection; without a listener the process would end of it, too.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (cause) {
    throw unavailable(options.location, cause);
  }
}
