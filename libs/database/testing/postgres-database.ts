import { randomUUID } from 'node:crypto';

import { Client } from 'pg';

/** An empty database of a server, for one test or one file of them. */
export class PostgresDatabase {
  private constructor(
    private readonly serverUrl: string,
    private readonly name: string,
  ) {}

  static async create(serverUrl: string): Promise<PostgresDatabase> {
    const database = new PostgresDatabase(serverUrl, `test_${randomUUID().replaceAll('-', '')}`);
    await database.#onServer(`CREATE DATABASE ${database.name}`);
    return database;
  }

  get url(): string {
    const url = new URL(this.serverUrl);
    url.pathname = this.name;
    return url.href;
  }

  /** Runs SQL in it on a connection of its own. @returns the rows */
  query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return query<Row>(this.url, sql, parameters);
  }

  /** Drops all tables. */
  async empty(): Promise<void> {
    await this.query('DROP SCHEMA public CASCADE');
    await this.query('CREATE SCHEMA public');
  }

  /** Drops every connection to it, as a server that restarts does. */
  async disconnectAll(): Promise<void> {
    await this.#onServer(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${this.name}'`,
    );
  }

  async remove(): Promise<void> {
    await this.#onServer(`DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
  }

  async #onServer(sql: string): Promise<void> {
    await query(this.serverUrl, sql, []);
  }
}

async function query<Row extends object>(
  url: string,
  sql: string,
  parameters: readonly unknown[],
): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...parameters])).rows;
  } finally {
    await client.end();
  }
}
