import type { Client, QueryConfig, QueryResult } from 'pg';

import { DatabaseError } from '../database.errors.js';
import type { PooledConnection } from '../ports/pooled-connection.js';
import type { CommitLookup } from './commit-lookup.js';
import { isFarewell, sqlStateOf, unavailable } from './postgres-failures.js';
import { toParameter } from './to-parameter.js';

/**
 * One connection to PostgreSQL. Statements run one at a time, in the order of the calls. Errors of SQL reject with the
 * error of `pg`, whose `code` is the SQLSTATE; a connection that is lost with `database_unavailable`.
 */
export class PostgresConnection implements PooledConnection {
  #isLost = false;
  /** Of the transaction that is open, if it may write. */
  #transactionId: string | undefined;
  /** What made the server refuse the rest of the transaction. */
  #failure: unknown;

  constructor(
    private readonly client: Client,
    private readonly location: string,
    private readonly commits: CommitLookup,
  ) {
    const lose = (): void => {
      this.#isLost = true;
    };
    client.on('error', lose);
    client.on('end', lose);
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Runs one statement, with `$1` and so on for the parameters. @throws DatabaseError `several_statements` for more */
  query(text: string, parameters: readonly unknown[]): Promise<QueryResult<Record<string, unknown>>> {
    const statement: QueryConfig & { readonly queryMode: 'extended' } = {
      text,
      values: parameters.map(toParameter),
      queryMode: 'extended',
    };
    return this.#told(() => this.client.query<Record<string, unknown>>(statement));
  }

  /**
   * Runs one statement without parameters, or the script that begins a transaction. A commit whose answer is lost is
   * looked up: it resolves if it happened, and rejects if it did not.
   *
   * @throws DatabaseError `transaction_aborted` when a commit came to a rollback, `commit_unknown`
   */
  run(sql: string): Promise<void> {
    return sql === 'COMMIT' ? this.#commit() : this.exec(sql);
  }

  /** Runs statements without parameters, none of which commits, in one round trip. */
  async exec(script: string): Promise<void> {
    // Several statements in one text give a list of results, other than `pg` declares.
    const results = [await this.#told<QueryResult | QueryResult[]>(() => this.client.query(script))].flat();
    for (const row of results.flatMap(({ rows }) => rows as { transaction_id?: string }[])) {
      this.#transactionId = row.transaction_id ?? this.#transactionId;
    }
    if (script.startsWith('ROLLBACK')) this.#failure = undefined;
  }

  /** Cuts the connection; the server rolls back. */
  interrupt(): void {
    this.#isLost = true;
    this.client.connection.stream.destroy();
  }

  async close(): Promise<void> {
    this.#isLost = true;
    await this.client.end();
  }

  async #commit(): Promise<void> {
    const id = this.#transactionId;
    this.#transactionId = undefined;
    try {
      const { command } = await this.#told(() => this.client.query('COMMIT'));
      if (command !== 'COMMIT') throw this.#aborted();
    } catch (error) {
      if (!this.#isLost || id === undefined) throw error;
      if (!(await this.commits.hasHappened(id))) throw error;
    }
  }

  async #told<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (isFarewell(error)) this.#isLost = true;
      if (this.#isLost) throw unavailable(this.location, error);
      throw this.#explained(error);
    }
  }

  #explained(error: unknown): unknown {
    const state = sqlStateOf(error);
    if (state === '25P02') return this.#aborted();
    if (isSeveral(error)) {
      return DatabaseError.of(
        'several_statements',
        'A query holds one statement, got more. Run them one by one.',
      );
    }
    if (state !== undefined) this.#failure = error;
    return error;
  }

  #aborted(): DatabaseError {
    return DatabaseError.of(
      'transaction_aborted',
      'PostgreSQL refuses the rest of a transaction after an error in it (see cause). ' +
        'Put what may fail into a nested transaction.',
      this.#failure,
    );
  }
}

/** The server's own words are translated; where they come from is not. */
const isSeveral = (error: unknown): boolean =>
  sqlStateOf(error) === '42601' &&
  error instanceof Error &&
  'routine' in error &&
  error.routine === 'exec_parse_message';
