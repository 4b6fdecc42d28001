import { once } from 'node:events';

import { beforeEach, describe, expect, it } from 'vitest';

import type { SqliteCursor, SqliteRow } from '../ports/sqlite-connection.js';
import { RowStream } from './row-stream.js';

class Rows implements SqliteCursor {
  fetched = 0;
  closed = 0;

  constructor(
    private readonly count: number,
    private readonly failAt = Infinity,
  ) {}

  next(): Promise<SqliteRow | undefined> {
    if (this.fetched === this.failAt) return Promise.reject(new Error('disk I/O error'));
    if (this.fetched === this.count) return Promise.resolve(undefined);
    this.fetched += 1;
    return Promise.resolve({ n: this.fetched });
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }
}

describe('RowStream', () => {
  let closed: number;

  beforeEach(() => {
    closed = 0;
  });

  const stream = (rows: SqliteCursor): RowStream =>
    new RowStream(rows, () => {
      closed += 1;
      return Promise.resolve();
    });

  it('gives every row, then closes the cursor and what it belongs to', async () => {
    const rows = new Rows(100);
    expect(await stream(rows).toArray()).toHaveLength(100);
    expect([rows.closed, closed]).toEqual([1, 1]);
  });

  it('fetches no more than a few rows ahead of its reader', async () => {
    const rows = new Rows(1000);
    const reading = stream(rows);
    await once(reading, 'readable');
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(rows.fetched).toBeLessThanOrEqual(17);
    reading.destroy();
    await once(reading, 'close');
    expect([rows.closed, closed]).toEqual([1, 1]);
  });

  it('ends with the error of the statement, and closes', async () => {
    const rows = new Rows(10, 3);
    await expect(stream(rows).toArray()).rejects.toThrow('disk I/O error');
    expect([rows.closed, closed]).toEqual([1, 1]);
  });

  it('closes what it belongs to though the cursor cannot be closed', async () => {
    const rows = new Rows(1);
    rows.close = () => Promise.reject(new Error('stuck'));
    const reading = stream(rows);
    const failed = once(reading, 'error');
    reading.close();
    expect(await failed).toMatchObject([{ message: 'stuck' }]);
    expect(closed).toBe(1);
  });
});
