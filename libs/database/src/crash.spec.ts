import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { SeededRandom } from 'penstock/kernel/testing';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { TemporaryFolder } from '../testing/index.js';
import { DatabasePool, PooledSqliteDataSource } from './index.js';

const ROOT = resolve(import.meta.dirname, '../../..');

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

/** Makes a package of the libs that Node can run: types stripped, imports by name resolved to the copies. */
async function compileTo(folder: string): Promise<void> {
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    experimentalDecorators: true,
  };
  for (const lib of ['kernel', 'concurrency', 'database']) {
    const sources = join(ROOT, 'libs', lib, 'src');
    for (const name of await readdir(sources, { recursive: true })) {
      if (!name.endsWith('.ts') || name.endsWith('.spec.ts')) continue;
      const target = join(folder, 'libs', lib, 'src', name.replace(/\.ts$/, '.js'));
      await mkdir(dirname(target), { recursive: true });
      const { outputText } = ts.transpileModule(await readFile(join(sources, name), 'utf8'), {
        compilerOptions,
      });
      await writeFile(target, outputText);
    }
  }
  const manifest = { name: 'penstock', type: 'module', exports: { './*': './libs/*/src/index.js' } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'writer.js'), WRITER);
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

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
    await compileTo(dirname(script));
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
