import { randomUUID } from 'node:crypto';

import type { Frame } from '../transactions/frame.js';
import type { RowCursor } from '../typeorm/row-stream.js';
import type { PostgresConnection } from './postgres-connection.js';

const ROWS_AT_ONCE = 100;

/**
 * Rows of a statement, fetched by the hundred with a cursor of the server. Between two fetches other statements may run
 * on the connection. Outside of a transaction the server keeps the whole result until the end (`WITH HOLD`).
 */
export class PostgresCursor implements RowCursor {
  readonly #name = `"${randomUUID()}"`;
  #rows: object[] = [];
  #isOpen = false;
  #isAtEnd = false;

  constructor(
    private readonly frame: Frame<PostgresConnection>,
    private readonly query: string,
    private readonly parameters: readonly unknown[],
  ) {}

  async next(): Promise<object | undefined> {
    if (this.#rows.length === 0 && !this.#isAtEnd) await this.#fetch();
    return this.#rows.shift();
  }

  async close(): Promise<void> {
    this.#rows = [];
    this.#isAtEnd = true;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    // A transaction that ended or failed meanwhile, or a connection that was lost, took the cursor with it.
    await this.frame.statement((connection) => connection.run(`CLOSE ${this.#name}`)).catch(() => undefined);
  }

  async #fetch(): Promise<void> {
    const { rows } = await this.frame.statement(async (connection) => {
      if (!this.#isOpen) {
        await connection.query(`DECLARE ${this.#name} CURSOR WITH HOLD FOR ${this.query}`, this.parameters);
        this.#isOpen = true;
      }
      return connection.query(`FETCH ${ROWS_AT_ONCE} FROM ${this.#name}`, []);
    });
    this.#rows = rows;
    this.#isAtEnd = rows.length < ROWS_AT_ONCE;
  }
}
