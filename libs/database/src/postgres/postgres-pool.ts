import type { Client } from 'pg';

import { ConnectionPool } from '../pool/connection-pool.js';
import { drainPools } from '../pool/drain-pools.js';
import type { DatabaseStats } from '../pool/lease.js';
import type { Pools } from '../typeorm/runner-frames.js';
import { CommitLookup } from './commit-lookup.js';
import { connect } from './connect.js';
import { claimOwnership } from './owner-claim.js';
import { PostgresConnection } from './postgres-connection.js';
import { unavailable } from './postgres-failures.js';
import type { ResolvedPostgresOptions } from './postgres.options.js';

/** The server then notices within half a minute that this machine is gone, and drops its locks. */
const KEEP_ALIVE =
  'SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3';

/** The connections of a PostgreSQL database: those that write, and those that only read. */
export class PostgresPool implements Pools<PostgresConnection> {
  readonly writer: ConnectionPool<PostgresConnection>;
  readonly readers: ConnectionPool<PostgresConnection>;
  readonly #commits: CommitLookup;

  constructor(private readonly options: ResolvedPostgresOptions) {
    const { readers, writers, clock } = options;
    this.#commits = new CommitLookup(clock, () => connect(options));
    this.writer = this.#pool('database.writer', writers, (client) => this.#prepareWriter(client));
    this.readers = this.#pool('database.readers', readers, async (client) => {
      await client.query('SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY');
    });
  }

  /** Opens every connection, those that write first: who may not own the database does not get to the others. */
  async open(): Promise<void> {
    try {
      await this.writer.openAll();
      await this.readers.openAll();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** @throws DatabaseError `database_unavailable` while the outcome of a commit is being looked up */
  assertReady(): void {
    if (!this.#commits.isAsking) return;
    throw unavailable(
      this.options.location,
      'it went away during a commit, whose outcome is being looked up',
    );
  }

  stats(): DatabaseStats {
    return { readers: this.readers.stats(), writer: this.writer.stats() };
  }

  async close(): Promise<void> {
    const pools = [this.readers, this.writer];
    this.#commits.close();
    const late = await drainPools(pools, this.options.closeTimeoutMs);
    await Promise.all(pools.map((pool) => pool.close()));
    if (late !== undefined) throw late;
  }

  async #prepareWriter(client: Client): Promise<void> {
    await client.query(KEEP_ALIVE);
    if (this.options.exclusive) await claimOwnership(client, this.options);
  }

  #pool(
    name: string,
    size: number,
    prepare: (client: Client) => Promise<void>,
  ): ConnectionPool<PostgresConnection> {
    const { acquireTimeoutMs, clock, observer } = this.options;
    const readOnly = name === 'database.readers';
    const open = async (): Promise<PostgresConnection> => {
      const client = await connect(this.options);
      const connection = new PostgresConnection(client, this.options.location, this.#commits);
      try {
        await prepare(client);
        return connection;
      } catch (error) {
        await connection.close();
        throw error;
      }
    };
    return new ConnectionPool({
      name,
      size,
      readOnly,
      replaceable: true,
      acquireTimeoutMs,
      clock,
      observer,
      open,
    });
  }
}
