import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { SeededRandom } from 'penstock/kernel/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { compileProgram } from '../testing/compile-program.js';
import { TemporaryFolder } from '../testing/index.js';
import { DatabasePool, PooledSqliteDataSource } from './index.js';

/** Adds pairs of rows, each in a transaction, four at a time, and says on its output which are committed. */
const WRITER = `
import { DatabasePool } from './libs/database/src/database-pool.js';
import { PooledSqliteDataSource } from './libs/database/src/typeorm/pooled-sqlite-data-source.js';

const source = await new PooledSqliteDataSource({ path: process.argv[2] }).initialize();
const pool = new DatabasePool(source);
const [{ last }] = await source.query('SELECT coalesce(max(id), 0) AS last FROM pair');
let next = last + 1;
const writeOn = async () => {
  for (;;) {
    const id = next++;
    await pool.transaction(async (manager) => {
      await manager.query("INSERT INTO pair VALUES (?, 'left')", [id]);
      await source.query("INSERT INTO pair VALUES (?, 'right')", [id]);
    });
    process.stdout.write(id + '\\n');
  }
};
await Promise.all([writeOn(), writeOn(), writeOn(), writeOn()]);
`;

/** Runs the writer, kills it without warning after so many commits, and returns those it had reported. */
async function writeAndKill(script: string, path: string, commits: number): Promise<number[]> {
  const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const reported: number[] = [];
  for await (const line of createInterface(child.stdout)) {
    reported.push(Number(line));
    if (reported.length === commits) child.kill('SIGKILL');
  }
  return reported;
}

describe('after the process is killed while it writes', () => {
  const folder = new TemporaryFolder();
  let script: string;
  let path: string;

  beforeAll(async () => {
    script = await folder.file('writer.js');
    path = await folder.file();
    await compileProgram(script, WRITER);
    const source = await new PooledSqliteDataSource({ path }).initialize();
    await source.query('CREATE TABLE pair (id INTEGER, side TEXT, PRIMARY KEY (id, side))');
    await source.destroy();
  });

  afterAll(() => folder.remove());

  it('every commit that was reported is there, whole, and the file is sound', async () => {
    const random = new SeededRandom(7);
    const reported: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const commits = 50 + random.below(100);
      const acknowledged = await writeAndKill(script, path, commits);
      expect(acknowledged.length).toBeGreaterThanOrEqual(commits);
      reported.push(...acknowledged);

      const source = await new PooledSqliteDataSource({ path }).initialize();
      const rows = await new DatabasePool(source).read((manager) =>
        manager.query<{ id: number; sides: number }[]>('SELECT id, count(*) AS sides FROM pair GROUP BY id'),
      );
      expect(rows.filter(({ sides }) => sides !== 2)).toEqual([]);
      const present = new Set(rows.map(({ id }) => id));
      expect(reported.filter((id) => !present.has(id))).toEqual([]);
      expect(await source.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
      await source.destroy();
    }
  });
});
