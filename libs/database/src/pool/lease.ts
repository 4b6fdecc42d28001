import type { PooledConnection } from '../ports/pooled-connection.js';
import type { SqliteConnection } from '../ports/sqlite-connection.js';
import type { CallSite } from '../transactions/call-site.js';
import type { WaitStats } from './wait-histogram.js';

/** The right to use one connection alone, until `release()`. */
export interface Lease<Connection extends PooledConnection = SqliteConnection> {
  /** Name of the pool that the connection is from. */
  readonly resource: string;
  readonly connection: Connection;
  /** What the connection is used for; named in timeouts and reports. */
  readonly label: string;
  /** Whether only reads can run on it. */
  readonly readOnly: boolean;
  /** The error after which SQLite rolled back the transaction that is open; cleared when that ends. */
  aborted: unknown;
  /** Where the transaction on it was begun, or the work. */
  openedAt: CallSite | undefined;
  /** Set when the connection's state is unknown: it is then closed instead of being handed on. */
  broken: boolean;
  /** Says what the connection is used for now, unless the lease was given a name. */
  describe(statement: string): void;
  /** Hands the connection to the first one in line. Calling it again does nothing. */
  release(): void;
}

/** What a lease is for: `name` holds for all of it, `statement` until the next one. */
export type Purpose = { readonly name: string } | { readonly statement: string };

/** Use of a set of connections at one moment. `active + idle` is `size`. */
export interface ConnectionStats {
  /** Connections there are. */
  readonly size: number;
  /** Connections leased. */
  readonly active: number;
  /** Connections free to lease. */
  readonly idle: number;
  /** Callers in line. */
  readonly waiting: number;
  /** How long callers waited for one, since the start. */
  readonly waits: WaitStats;
  /** Who has held one for longest; `null` when none is leased. */
  readonly longest: Holder | null;
}

/** Who holds a connection. */
export interface Holder {
  /** What for: the `label` of the work, or the statement it is at. */
  readonly label: string;
  readonly heldMs: number;
}

/** Use of the connections at one moment. In SQLite's memory there are no readers: the writer serves all. */
export interface DatabaseStats {
  readonly readers: ConnectionStats;
  readonly writer: ConnectionStats;
}
