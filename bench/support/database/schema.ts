import Database from 'better-sqlite3';

/** Notes in every database that is measured. */
export const NOTES = 20_000;
/** Rows of a large read. */
export const LARGE = 1_000;

export const POINT = 'SELECT id, title, body, score, done, createdAt FROM note WHERE id = ?';
export const ROWS =
  'SELECT id, title, body, score, done, createdAt FROM note WHERE id >= ? ORDER BY id LIMIT 1000';
export const SCAN =
  "SELECT count(*) AS n, sum(length(body)) AS length FROM note WHERE body LIKE '%' || ? || '%'";
export const TOUCH = 'UPDATE note SET score = score + 1 WHERE id BETWEEN ? AND ? + 9';
export const TALLY = 'SELECT value FROM tally WHERE id = 1';
export const COUNT = 'UPDATE tally SET value = ? WHERE id = 1';

/** Makes the file that every subject gets a copy of. */
export function makeDatabase(path: string): void {
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.exec(`
    CREATE TABLE note (id integer PRIMARY KEY NOT NULL, title varchar NOT NULL, body text NOT NULL, score real NOT NULL,
      done boolean NOT NULL, createdAt datetime NOT NULL);
    CREATE TABLE tally (id integer PRIMARY KEY NOT NULL, value integer NOT NULL);
    INSERT INTO tally VALUES (1, 0);
  `);
  const insert = database.prepare('INSERT INTO note VALUES (?, ?, ?, ?, ?, ?)');
  database.transaction(() => {
    for (let id = 1; id <= NOTES; id += 1) {
      insert.run(
        id,
        `Note ${String(id)}`,
        `body ${String(id)} `.repeat(10),
        id / 7,
        id % 2,
        '2026-01-02 03:04:05.678',
      );
    }
  })();
  database.close();
}
