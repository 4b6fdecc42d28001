import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

import { SeededRandom } from 'penstock/kernel/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { compileProgram } from '../../testing/compile-program.js';
import { TemporaryFolder } from '../../testing/index.js';
import { backUpDatabase, PooledSqliteDataSource } from '../index.js';

/** Restores one backup after the other, and makes a backup of each, without end. Says when a round is about to begin. */
const ROUNDS = `
import { backUpDatabase, restoreDatabase } from './libs/database/src/index.js';

const [to, left, right, backups] = process.argv.slice(2);
for (let round = 0; ; round += 1) {
  process.stdout.write(round + '\\n');
  await restoreDatabase({ from: round % 2 === 0 ? left : right, to });
  await backUpDatabase({ from: to, to: backups + '/' + process.pid + '-' + round + '.sqlite' });
}
`;

const folder = new TemporaryFolder();
let script: string;

beforeAll(async () => {
  script = await folder.file('rounds.js');
  await compileProgram(script, ROUNDS);
});
afterAll(() => folder.remove());

/** Makes a backup of a database that holds this side's rows only. */
async function backupOf(side: string): Promise<string> {
  const path = await folder.file(`${side}.sqlite`);
  const source = await new PooledSqliteDataSource({ path }).initialize();
  await source.query('CREATE TABLE item (side TEXT, bulk BLOB)');
  for (let n = 0; n < 20; n += 1) await source.query('INSERT INTO item VALUES (?, zeroblob(9000))', [side]);
  await source.destroy();
  const to = await folder.file('backup.sqlite');
  await backUpDatabase({ from: path, to });
  return to;
}

async function sidesIn(path: string): Promise<unknown> {
  const source = await new PooledSqliteDataSource({ path, exclusive: true }).initialize();
  try {
    expect(await source.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    return await source.query('SELECT side, count(*) AS n FROM item GROUP BY side');
  } finally {
    await source.destroy();
  }
}

it('a kill in the middle leaves the old database or the new one, and no backup that is not whole', async () => {
  const [to, left, right] = [
    await folder.file('test.sqlite'),
    await backupOf('left'),
    await backupOf('right'),
  ];
  const backups = dirname(await folder.file());
  const random = new SeededRandom(11);
  for (let kill = 0; kill < 4; kill += 1) {
    const child = spawn(process.execPath, [script, to, left, right, backups], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const delayMs = random.below(40);
    for await (const line of createInterface(child.stdout)) {
      if (line === '3') setTimeout(() => child.kill('SIGKILL'), delayMs);
    }
    expect(await sidesIn(to)).toBeOneOf([[{ side: 'left', n: 20 }], [{ side: 'right', n: 20 }]]);
  }
  const names = (await readdir(backups)).filter((name) => name.endsWith('.sqlite'));
  expect(names.length).toBeGreaterThanOrEqual(12);
  for (const name of names.slice(-8))
    expect(await sidesIn(join(backups, name))).toBeOneOf([
      [{ side: 'left', n: 20 }],
      [{ side: 'right', n: 20 }],
    ]);
}, 60_000);
