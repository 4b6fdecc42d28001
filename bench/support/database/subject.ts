/** How a transaction is committed. */
export type Commit = 'plain' | 'durable' | 'grouped';

/** A way to use SQLite that is measured. All do the same work on the same rows. */
export interface Subject {
  readonly name: string;
  /** The kinds of commit that it has. */
  readonly commits: readonly Commit[];
  /** One row by its key. */
  point(id: number): Promise<unknown>;
  /** The same by a statement in SQL: no entity is made. */
  statement(id: number): Promise<unknown>;
  /** 1,000 rows with keys from `id` on. */
  rows(id: number): Promise<unknown>;
  /** Looks through every row and returns one. */
  scan(text: string): Promise<unknown>;
  /** Changes ten rows in a transaction. */
  touch(id: number): Promise<void>;
  /** Reads the tally, waits a turn of the event loop, and writes one more, in a transaction. */
  count(commit: Commit): Promise<void>;
  /** The tally now. */
  tally(): Promise<number>;
  close(): Promise<void>;
}
