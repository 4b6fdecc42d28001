import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { DatabasePool, PooledSqliteDataSource } from 'penstock/database';
import { TemporaryFolder } from 'penstock/database/testing';
import { SeededRandom } from 'penstock/kernel/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

const WRITER = fileURLToPath(new URL('../support/storm-writer.mjs', import.meta.url));
const ROUNDS = 50;

type Writer = ChildProcessByStdio<Writable, Readable, null>;

/** One that waits for its task: starting a process takes longer than a round. */
const standBy = (): Writer => spawn(process.execPath, [WRITER], { stdio: ['pipe', 'pipe', 'inherit'] });

/** Lets the writer loose, kills it without warning some time after it began, and returns what it had said is committed. */
async function writeAndKill(writer: Writer, task: object, afterMs: number): Promise<string[]> {
  const lines: Interface = createInterface(writer.stdout);
  const said: string[] = [];
  lines.on('line', (line) => {
    said.push(line);
    if (line === 'started') setTimeout(() => writer.kill('SIGKILL'), afterMs);
  });
  const closed = once(lines, 'close');
  const exited = once(writer, 'exit');
  writer.stdin.write(`${JSON.stringify(task)}\n`);
  await closed;
  expect(await exited).toEqual([null, 'SIGKILL']);
  expect(said.shift()).toBe('started');
  return said;
}

const folder = new TemporaryFolder();
let path: string;

beforeAll(async () => {
  path = await folder.file();
  const source = await new PooledSqliteDataSource({ path }).initialize();
  await source.query('CREATE TABLE part (operation TEXT, part INTEGER, PRIMARY KEY (operation, part))');
  await source.query('CREATE TABLE total (operations INTEGER)');
  await source.query('INSERT INTO total VALUES (0)');
  await source.destroy();
});

afterAll(() => folder.remove());

/** What the file holds: every operation with its parts. Fails if it is not sound. */
async function stored(): Promise<Map<string, string>> {
  const source = await new PooledSqliteDataSource({ path }).initialize();
  try {
    expect(await source.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    return await new DatabasePool(source).read(async (manager) => {
      const rows = await manager.query<{ operation: string; parts: string }[]>(
        'SELECT operation, group_concat(part) AS parts FROM (SELECT * FROM part ORDER BY part) GROUP BY operation',
      );
      expect(await manager.query('SELECT operations FROM total')).toEqual([{ operations: rows.length }]);
      return new Map(rows.map(({ operation, parts }) => [operation, parts]));
    });
  } finally {
    await source.destroy();
  }
}

it(`a storm of writes killed ${String(ROUNDS)} times loses nothing that was acknowledged, and leaves nothing half done`, async () => {
  const random = new SeededRandom(20_261_124);
  const acknowledged: string[] = [];
  let writer = standBy();
  for (let round = 0; round < ROUNDS; round += 1) {
    const killed = writer;
    writer = standBy();
    acknowledged.push(...(await writeAndKill(killed, { path, round }, random.below(120))));
    const operations = await stored();
    expect(acknowledged.filter((operation) => !operations.has(operation))).toEqual([]);
    expect([...operations].filter(([, parts]) => parts !== '1,2,3')).toEqual([]);
  }
  writer.kill();
  for (const kind of ['plain', 'durable', 'grouped', 'grouped-durable', 'nested', 'nested-grouped']) {
    expect(acknowledged.filter((operation) => operation.endsWith(`-${kind}`)).length).toBeGreaterThan(10);
  }
}, 300_000);
