import { longLivedAbort, type Clock } from 'penstock/kernel';
import type { Client } from 'pg';

import { DatabaseError } from '../database.errors.js';
import { sqlStateOf } from './postgres-failures.js';

const INVALID_PARAMETER_VALUE = '22023';
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Finds out whether a transaction was committed whose connection was lost before the answer came. Taking it for failed
 * would be wrong half of the time: what is then written a second time finds the row changed already.
 *
 * Source: PostgreSQL, *Transaction ID and Snapshot Information Functions* (`pg_xact_status`).
 */
export class CommitLookup {
  readonly #closing = longLivedAbort();
  #asking = 0;

  constructor(
    private readonly clock: Clock,
    private readonly connect: () => Promise<Client>,
  ) {}

  /**
   * Asks until the server can be reached again.
   *
   * @throws DatabaseError `commit_unknown` when the data source is closed before that, or the server forgot
   */
  async hasHappened(transactionId: string): Promise<boolean> {
    this.#asking += 1;
    try {
      return await this.#untilKnown(transactionId);
    } finally {
      this.#asking -= 1;
    }
  }

  /** Whether it is being asked for a commit, so that the server was away a moment ago. */
  get isAsking(): boolean {
    return this.#asking > 0;
  }

  async #untilKnown(transactionId: string): Promise<boolean> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const status = await this.#ask(transactionId);
      if (status === 'committed' || status === 'aborted') return status === 'committed';
      if (status === 'forgotten' || this.#closing.signal.aborted) throw unknown();
      await this.clock.sleep(pauseMs, this.#closing.signal);
    }
  }

  /** Gives up what is being asked. */
  close(): void {
    this.#closing.abort();
  }

  async #ask(transactionId: string): Promise<string> {
    try {
      const client = await this.connect();
      try {
        return await statusOf(client, transactionId);
      } finally {
        await client.end();
      }
    } catch (error) {
      // An id that the server has yet to give out was lost with it, and what it wrote, too.
      return sqlStateOf(error) === INVALID_PARAMETER_VALUE ? 'aborted' : 'unreachable';
    }
  }
}

async function statusOf(client: Client, transactionId: string): Promise<string> {
  const { rows } = await client.query<{ status: string | null }>(
    'SELECT pg_xact_status($1::xid8) AS status',
    [transactionId],
  );
  return rows[0]?.status ?? 'forgotten';
}

const unknown = (): DatabaseError =>
  DatabaseError.of(
    'commit_unknown',
    'The connection to PostgreSQL was lost during a commit, and whether that happened cannot be found out. ' +
      'Look at the rows before doing it again.',
  );
