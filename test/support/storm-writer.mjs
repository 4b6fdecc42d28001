// Writes to a database as fast as it can until it is killed. It starts when it is told the file and the round, and says on
// its output what is committed, with a write that is done before anything else happens.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { DatabasePool, PooledSqliteDataSource } from 'penstock/database';

const [line] = await new Promise((resolve) => {
  createInterface(process.stdin).once('line', (text) => resolve([text]));
});
const { path, round } = JSON.parse(line);
const source = await new PooledSqliteDataSource({ path }).initialize();
const pool = new DatabasePool(source);

const insert = (operation, part) => source.query('INSERT INTO part VALUES (?, ?)', [operation, part]);

/** Three parts and a count, the third part in a savepoint; another savepoint is undone. */
async function operate(operation, isNested) {
  await insert(operation, 1);
  await source.query('UPDATE total SET operations = operations + 1');
  await insert(operation, 2);
  if (!isNested) return insert(operation, 3);
  await source.transaction(() => insert(operation, 3));
  const undone = source.transaction(async () => {
    await insert(operation, 4);
    throw new Error('undone');
  });
  return undone.catch(() => undefined);
}

const KINDS = [
  { name: 'plain', options: {} },
  { name: 'durable', options: { durable: true } },
  { name: 'grouped', options: { grouped: true } },
  { name: 'grouped-durable', options: { grouped: true, durable: true } },
  { name: 'nested', options: {}, isNested: true },
  { name: 'nested-grouped', options: { grouped: true }, isNested: true },
];

let next = 0;
async function writeOn() {
  for (;;) {
    const number = next++;
    const { name, options, isNested = false } = KINDS[number % KINDS.length];
    const operation = `${round}-${number}-${name}`;
    await pool.transaction(() => operate(operation, isNested), options);
    writeSync(1, `${operation}\n`);
  }
}

writeSync(1, 'started\n');
await Promise.all(Array.from({ length: 12 }, writeOn));
