import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { SqliteConnection, SqliteEngine } from '../src/ports/sqlite-connection.js';
import { TemporaryFolder } from './temporary-folder.js';

/** What every {@link SqliteEngine} must do. */
export function describeSqliteEngine(name: string, make: () => SqliteEngine): void {
  describe(`${name} as SqliteEngine`, () => {
    const folder = new TemporaryFolder();
    let path: string;
    let connection: SqliteConnection;

    beforeEach(async () => {
      path = await folder.file();
      connection = await make().open(path, 'read-write');
      await connection.exec(
        'CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT UNIQUE); CREATE TABLE other (x)',
      );
    });

    afterEach(async () => {
      await connection.close();
      await folder.remove();
    });

    it('reports the rowid and the number of rows of a change', async () => {
      expect(await connection.run('INSERT INTO item (name) VALUES (?), (?)', ['a', 'b'])).toEqual({
        lastId: 2,
        changes: 2,
      });
      expect(await connection.run('UPDATE item SET name = name || 1', [])).toMatchObject({ changes: 2 });
    });

    it('returns every type as it was given', async () => {
      const bytes = new Uint8Array([0, 255, 7]);
      const rows = await connection.all('SELECT ? AS t, ? AS i, ? AS r, ? AS n, ? AS b', [
        'ü\0x',
        7,
        0.5,
        null,
        bytes,
      ]);
      expect(rows).toEqual([{ t: 'ü\0x', i: 7, r: 0.5, n: null, b: Buffer.from(bytes) }]);
    });

    it('returns no rows for a statement without any', async () => {
      expect(await connection.all('SELECT * FROM item', [])).toEqual([]);
      expect(await connection.all('CREATE INDEX i ON other (x)', [])).toEqual([]);
    });

    it('fails with the code of SQLite, and works on', async () => {
      const insert = 'INSERT INTO item (name) VALUES (?)';
      await connection.run(insert, ['a']);
      await expect(connection.run(insert, ['a'])).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT' });
      await expect(connection.all('SELECT nothing', [])).rejects.toMatchObject({ code: 'SQLITE_ERROR' });
      await expect(connection.exec('nonsense')).rejects.toMatchObject({ code: 'SQLITE_ERROR' });
      expect(await connection.run(insert, ['b'])).toMatchObject({ changes: 1 });
    });

    it('does not show a call the values of another one', async () => {
      expect(await connection.all('SELECT ? AS secret', ['s3cret'])).toEqual([{ secret: 's3cret' }]);
      expect(await connection.all('SELECT ? AS secret', [])).toEqual([{ secret: null }]);
    });

    it('runs statements in the order of the calls', async () => {
      const values = Array.from({ length: 50 }, (_, index) => index);
      await connection.run('BEGIN IMMEDIATE', []);
      await Promise.all(values.map((value) => connection.run('INSERT INTO other VALUES (?)', [value])));
      expect((await connection.all('SELECT x FROM other ORDER BY rowid', [])).map((row) => row['x'])).toEqual(
        values,
      );
    });

    it('fetches rows one by one, between other statements', async () => {
      await connection.run('INSERT INTO other VALUES (1), (2), (3)', []);
      const cursor = connection.open('SELECT x FROM other WHERE x > ? ORDER BY x', [1]);
      expect(await cursor.next()).toEqual({ x: 2 });
      expect(await connection.all('SELECT count(*) AS n FROM other', [])).toEqual([{ n: 3 }]);
      expect(await cursor.next()).toEqual({ x: 3 });
      expect(await cursor.next()).toBeUndefined();
      expect(await cursor.next()).toBeUndefined();
      await cursor.close();
    });

    it('ends a cursor early, and one whose statement is wrong', async () => {
      await connection.run('INSERT INTO other VALUES (1), (2)', []);
      const cursor = connection.open('SELECT x FROM other', []);
      await cursor.next();
      await cursor.close();
      expect(await cursor.next()).toBeUndefined();
      await expect(connection.open('nonsense', []).next()).rejects.toMatchObject({ code: 'SQLITE_ERROR' });
    });

    it('closes with an open cursor and an open transaction, which is rolled back', async () => {
      await connection.run('BEGIN IMMEDIATE', []);
      await connection.run('INSERT INTO other VALUES (1)', []);
      const cursor = connection.open('SELECT x FROM other', []);
      await cursor.next();
      await connection.close();
      await connection.close();
      const again = await make().open(path, 'read-only');
      expect(await again.all('SELECT * FROM other', [])).toEqual([]);
      await again.close();
    });

    it('refuses statements after it is closed', async () => {
      await connection.close();
      await expect(connection.all('SELECT 1', [])).rejects.toThrow();
      connection.interrupt();
    });

    it('interrupts a statement', async () => {
      const endless = connection.all(
        'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n',
        [],
      );
      const timer = setInterval(() => {
        connection.interrupt();
      }, 5);
      await expect(endless).rejects.toMatchObject({ code: 'SQLITE_INTERRUPT' });
      clearInterval(timer);
      expect(await connection.all('SELECT 1 AS one', [])).toEqual([{ one: 1 }]);
    });

    it('keeps a read-only connection from writing, and from creating a file', async () => {
      const reader = await make().open(path, 'read-only');
      await expect(reader.run('INSERT INTO other VALUES (1)', [])).rejects.toMatchObject({
        code: 'SQLITE_READONLY',
      });
      await reader.close();
      await expect(make().open(`${path}.absent`, 'read-only')).rejects.toMatchObject({
        code: 'SQLITE_CANTOPEN',
      });
    });
  });
}
