import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { loadOrCreateKeyFile } from './key-file.js';

describe('loadOrCreateKeyFile', () => {
  let root: string;
  let dataDir: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'penstock-key-'));
    dataDir = join(root, 'not', 'yet', 'there');
  });

  afterEach(() => rm(root, { recursive: true }));

  it('makes the folder and a key that only the owner may read, and nothing else', async () => {
    const made = await loadOrCreateKeyFile(dataDir);
    expect(made).toMatchObject({ path: join(dataDir, 'secret.key'), created: true });
    expect((await stat(made.path)).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(['secret.key']);
    expect(await readFile(made.path, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });

  it('gives the same key the next time', async () => {
    const made = await loadOrCreateKeyFile(dataDir);
    expect(await loadOrCreateKeyFile(dataDir)).toEqual({ ...made, created: false });
  });

  it('gives all that start at once the same key, of which one made it', async () => {
    const files = await Promise.all(Array.from({ length: 10 }, () => loadOrCreateKeyFile(dataDir)));
    expect(new Set(files.map(({ keys }) => keys[0]?.key.toString('hex'))).size).toBe(1);
    expect(files.filter(({ created }) => created)).toHaveLength(1);
    expect(await readdir(dataDir)).toEqual(['secret.key']);
  });

  it('refuses a file that others may read, and says how to mend it', async () => {
    const { path } = await loadOrCreateKeyFile(dataDir);
    await chmod(path, 0o640);
    await expect(loadOrCreateKeyFile(dataDir)).rejects.toMatchObject({
      code: 'secret_key_file_unsafe',
      message: expect.stringContaining(`has mode 640: others may read`) as string,
    });
    await expect(loadOrCreateKeyFile(dataDir)).rejects.toThrow(`Run: chmod 600 ${path}`);
  });

  it.each(['', 'short', 'zz'.repeat(32)])(
    'refuses a file that holds %j, and leaves it alone',
    async (content) => {
      const { path } = await loadOrCreateKeyFile(dataDir);
      await writeFile(path, content);
      await expect(loadOrCreateKeyFile(dataDir)).rejects.toMatchObject({ code: 'secret_key_file_malformed' });
      expect(await readFile(path, 'utf8')).toBe(content);
    },
  );
});
