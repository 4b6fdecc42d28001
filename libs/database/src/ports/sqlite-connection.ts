/** What a statement parameter may be. Everything else is converted or refused before it gets here. */
export type SqliteValue = string | number | null | Uint8Array;

/** One row: column name to value. Blobs are Buffers, integers past 2^53 lose precision. */
export type SqliteRow = Record<string, string | number | null | Buffer>;

/** What a statement without result rows did. */
export interface SqliteChange {
  /** Rowid of the row inserted last on this connection. */
  readonly lastId: number;
  /** Rows that the statement inserted, changed or deleted. */
  readonly changes: number;
}

/** Rows one by one, with the statement standing still between them. */
export interface SqliteCursor {
  /** The next row, or `undefined` after the last one. */
  next(): Promise<SqliteRow | undefined>;
  /** Ends the statement, before or after its last row. Calling it again does nothing. */
  close(): Promise<void>;
}

/**
 * Port: one connection to one SQLite database. Statements of a connection run one at a time, in the order of the calls.
 * A failed statement rejects with an error whose `code` is SQLite's (`SQLITE_CONSTRAINT`).
 */
export abstract class SqliteConnection {
  /** Runs a statement to its end and returns its rows; none for a statement without result. */
  abstract all(sql: string, parameters: readonly SqliteValue[]): Promise<SqliteRow[]>;

  /** Runs a statement that returns no rows. */
  abstract run(sql: string, parameters: readonly SqliteValue[]): Promise<SqliteChange>;

  /** Runs any number of statements without parameters. */
  abstract exec(sql: string): Promise<void>;

  /** Starts a statement whose rows are fetched one at a time. Nothing runs before the first `next()`. */
  abstract open(sql: string, parameters: readonly SqliteValue[]): SqliteCursor;

  /** Makes the statement that runs now, if any, fail with `SQLITE_INTERRUPT`. */
  abstract interrupt(): void;

  /** Ends after the statements already given, frees every prepared statement, rolls back what is open. Idempotent. */
  abstract close(): Promise<void>;
}

/** Port: opens connections. */
export abstract class SqliteEngine {
  /** @param path - a file, or `:memory:` for a database that is private to the connection */
  abstract open(path: string, access: 'read-write' | 'read-only'): Promise<SqliteConnection>;
}
