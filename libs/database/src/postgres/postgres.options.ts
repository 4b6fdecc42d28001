import { SystemRandom, type Random } from 'penstock/kernel';
import { Client } from 'pg';

import type { CommonDatabaseOptions, UnsetKeys } from '../database.options.js';
import { checkCommon, checkRange, commonDefaults, given, LONGEST_MS } from '../option-checks.js';

/** How the pooled PostgreSQL data source is made. Only `url` is required. */
export interface PostgresOptions extends CommonDatabaseOptions {
  /**
   * `postgres://user:password@host:5432/database` or `postgresql://…`, with the parameters of the `pg` package such as
   * `?sslmode=verify-full`; `postgres://user@%2Frun%2Fpostgresql/database` is a socket. The server is PostgreSQL 13 or
   * newer, reached directly or through a proxy that keeps sessions.
   */
  readonly url: string;
  /**
   * Connections that write, 1 to 64. Work on one of them is never in conflict with itself; more let long transactions
   * run side by side. @defaultValue 1
   */
  readonly writers?: number;
  /**
   * Refuses a database (and schema) that another process opened with this option too. The connection that writes holds
   * an advisory lock for it, so `writers` must be 1. @defaultValue false
   */
  readonly exclusive?: boolean;
  /** How long to wait for an owner that is about to end, in milliseconds. @defaultValue 5000 */
  readonly ownerTimeoutMs?: number;
  /** Spreads the pauses before a transaction is run again. @defaultValue the machine's */
  readonly random?: Random;
}

/** {@link PostgresOptions} with every default in place. */
export type ResolvedPostgresOptions = Readonly<
  Required<Omit<PostgresOptions, UnsetKeys>> & Pick<PostgresOptions, UnsetKeys>
> & {
  /** Where the database is, without credentials: for messages. */
  readonly location: string;
};

/**
 * Adds the defaults and checks the bounds.
 *
 * @throws RangeError naming the option, what was got (never of the URL, which holds a password) and what is right
 */
export function resolvePostgresOptions(options: PostgresOptions): ResolvedPostgresOptions {
  const resolved = {
    ...commonDefaults(),
    writers: 1,
    exclusive: false,
    ownerTimeoutMs: 5_000,
    random: new SystemRandom(),
    ...given(options),
    location: locationOf(options.url),
  };
  checkCommon(resolved);
  checkRange('writers', resolved.writers, 1, 64);
  checkRange('ownerTimeoutMs', resolved.ownerTimeoutMs, 0, LONGEST_MS);
  if (resolved.exclusive && resolved.writers !== 1) {
    throw new RangeError(`writers must be 1 with exclusive, got ${resolved.writers}`);
  }
  return Object.freeze(resolved);
}

function locationOf(url: string): string {
  const { host, port, database } = settingsOf(url);
  return `${host}:${port}/${database ?? ''}`;
}

function settingsOf(url: string): Client {
  try {
    if (/^postgres(?:ql)?:\/\//i.test(url)) return new Client({ connectionString: url });
  } catch {
    // The parser's own error would show the password.
  }
  throw new RangeError(
    'url must be like postgres://user:password@host:5432/database, got one that cannot be read (not shown)',
  );
}
