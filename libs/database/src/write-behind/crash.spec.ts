import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { compileProgram } from '../../testing/compile-program.js';
import { TemporaryFolder } from '../../testing/index.js';
import { PooledSqliteDataSource } from '../index.js';

/** Adds rows without end, and says on its output how many it added, and how many of them are said to be written. */
const ADDER = `
import { DatabasePool, PooledSqliteDataSource, WriteBehindBuffers } from './libs/database/src/index.js';
import { SystemClock } from './libs/kernel/src/index.js';

const source = await new PooledSqliteDataSource({ path: process.argv[2] }).initialize();
const buffer = new WriteBehindBuffers(new DatabasePool(source), new SystemClock()).create({
  name: 'visits',
  write: async (manager, ids) => {
    for (const id of ids) await manager.query('INSERT INTO visit VALUES (?)', [id]);
  },
});
let added = 0;
setInterval(() => {
  for (let n = 0; n < 7; n += 1) buffer.add((added += 1));
  const { written, pending } = buffer.stats();
  process.stdout.write([added, written, pending].join(' ') + '\\n');
}, 3);
`;

const folder = new TemporaryFolder();
let script: string;

beforeAll(async () => {
  script = await folder.file('adder.js');
  await compileProgram(script, ADDER);
});
afterAll(() => folder.remove());

it.each([300, 500, 701])(
  'a kill after %i rows loses none that is said to be written, none in between, and at most those that waited',
  async (rows) => {
    const path = await folder.file();
    const source = new PooledSqliteDataSource({ path });
    await source.initialize();
    await source.query('CREATE TABLE visit (id INTEGER PRIMARY KEY)');
    await source.destroy();

    const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    let last = { added: 0, written: 0, pending: 0 };
    for await (const line of createInterface(child.stdout)) {
      const [added = 0, written = 0, pending = 0] = line.split(' ').map(Number);
      last = { added, written, pending };
      if (added >= rows) child.kill('SIGKILL');
    }

    await source.initialize();
    const [present] = await source.query<{ count: number; last: number | null }[]>(
      'SELECT count(*) AS count, max(id) AS last FROM visit',
    );
    expect(await source.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    await source.destroy();
    const kept = present?.count ?? 0;
    expect(present?.last ?? 0).toBe(kept);
    expect(last.written).toBeGreaterThan(0);
    expect(kept).toBeGreaterThanOrEqual(last.written);
    expect(last.added - kept).toBeLessThanOrEqual(last.pending);
  },
  60_000,
);
