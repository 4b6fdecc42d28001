import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { migrations } from '../../src/migrations.js';

const ROOT = resolve(import.meta.dirname, '../..');
const CLI = createRequire(import.meta.url).resolve('typeorm/cli.js');

/** The schema of somebody's application, as they would write it. */
const THEIR_CONFIG = `
import { PooledSqliteDataSource } from 'penstock/database';
import { EntitySchema } from 'typeorm';

const Note = new EntitySchema({
  name: 'note',
  columns: {
    id: { type: 'integer', primary: true, generated: true },
    text: { type: 'varchar', unique: true },
    at: { type: 'datetime', createDate: true },
  },
});

export default new PooledSqliteDataSource({
  path: new URL('./notes.db', import.meta.url).pathname,
  entities: [Note],
  migrations: [new URL('./migrations/*.js', import.meta.url).pathname],
  migrationsRun: false,
});
`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-cli-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs `npx typeorm`. @returns what it wrote */
async function typeorm(...args: string[]): Promise<string> {
  const { PATH = '' } = process.env;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [CLI, ...args], {
    cwd: folder,
    env: { PATH, PENSTOCK_DATA_DIR: join(folder, 'data'), NO_COLOR: '1' },
  });
  return stdout + stderr;
}

const marks = (shown: string): string[] => shown.match(/\[[X ]\]/g) ?? [];

describe('the command line of TypeORM', { timeout: 240_000 }, () => {
  it('shows, runs and reverts the migrations of the gateway', async () => {
    const config = join(ROOT, 'dist/ormconfig.js');
    const show = async (): Promise<string[]> => marks(await typeorm('migration:show', '-d', config));
    const all = (mark: string): string[] => migrations.map(() => mark);
    expect(await show()).toEqual(all('[ ]'));
    await typeorm('migration:run', '-d', config, '--transaction', 'each');
    await typeorm('migration:revert', '-d', config);
    expect(await show()).toEqual([...all('[X]').slice(1), '[ ]']);
    await typeorm('migration:run', '-d', config);
    expect(await show()).toEqual(all('[X]'));
  });

  it('generates a migration from entities, which makes their schema', async () => {
    await mkdir(join(folder, 'node_modules'));
    await symlink(ROOT, join(folder, 'node_modules/penstock'));
    await symlink(join(ROOT, 'node_modules/typeorm'), join(folder, 'node_modules/typeorm'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(join(folder, 'ormconfig.js'), THEIR_CONFIG);
    const generate = (): Promise<string> =>
      typeorm('migration:generate', 'migrations/AddNote', '-d', 'ormconfig.js', '--outputJs', '--esm');
    await generate();
    const [file = ''] = await readdir(join(folder, 'migrations'));
    expect(await readFile(join(folder, 'migrations', file), 'utf8')).toContain('CREATE TABLE "note"');
    expect(await typeorm('migration:run', '-d', 'ormconfig.js')).toContain('has been executed successfully');
    await expect(generate()).rejects.toMatchObject({
      stdout: expect.stringContaining('No changes in database schema were found') as string,
    });
    expect(await typeorm('query', 'SELECT count(*) AS n FROM note', '-d', 'ormconfig.js')).toMatch(
      /"?n"?: 0/,
    );
    expect(await typeorm('migration:revert', '-d', 'ormconfig.js')).toContain(
      'has been reverted successfully',
    );
    expect(marks(await typeorm('migration:show', '-d', 'ormconfig.js'))).toEqual(['[ ]']);
  });
});
