import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Test } from '@nestjs/testing';
import { describeAssetSink } from 'penstock/plugin-api/testing';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

import { AssetDiskModule } from './asset-disk.module.js';
import { DiskSink } from './disk-sink.js';
import { DiskStorage } from './disk-storage.js';

const root = await mkdtemp(join(tmpdir(), 'penstock-disk-'));
let folder = '';
let made = 0;

const freshFolder = (): string => (folder = join(root, String((made += 1))));

afterAll(() => rm(root, { recursive: true }));

async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

describeAssetSink({
  name: 'disk',
  create: () => new DiskStorage(freshFolder()),
  count: async () => (await filesIn(folder)).length,
});

describe('DiskStorage', () => {
  let storage: DiskStorage;
  const signal = new AbortController().signal;
  const content = async function* (text: string): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield Buffer.from(text);
  };
  const write = (text: string, copyId = 'gen_1/0') =>
    storage.write({ copyId, contentType: 'video/mp4', bytes: null, content: content(text), signal });

  beforeEach(() => {
    storage = new DiskStorage(freshFolder());
  });

  it('holds equal contents once, under the hash of their bytes', async () => {
    const [one, other] = await Promise.all([write('same'), write('same', 'gen_2/0')]);
    expect(one.key).toBe(other.key);
    expect(await filesIn(folder)).toEqual([one.sha256]);
  });

  it('removes what a killed process left unfinished, and nothing else', async () => {
    const { key } = await write('whole');
    await mkdir(join(folder, 'new'), { recursive: true });
    await writeFile(join(folder, 'new', 'half'), 'ha');
    expect(await storage.tidy()).toBe(1);
    expect(await filesIn(folder)).toEqual([key]);
    expect(await storage.tidy()).toBe(0);
  });

  it('does not remove what is being written', async () => {
    let tidied: number | undefined;
    const slowly = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half ');
      tidied = await storage.tidy();
      yield Buffer.from('whole');
    };
    const write = { copyId: 'gen_1/0', contentType: 'video/mp4', bytes: null, signal };
    const { key, bytes } = await storage.write({ ...write, content: slowly() });
    expect([tidied, bytes, await filesIn(folder)]).toEqual([0, 10, [key]]);
  });

  it('refuses a key that would lead elsewhere', async () => {
    await expect(storage.open('../secret')).rejects.toThrow(
      'key must be 64 hexadecimal digits, got "../secret"',
    );
    await expect(storage.delete(`${'a'.repeat(64)}/..`)).rejects.toThrow(RangeError);
  });

  it('lists nothing of a folder that is not there', async () => {
    const keys: string[] = [];
    for await (const key of storage.keys()) keys.push(key);
    expect(keys).toEqual([]);
    await expect(stat(folder)).rejects.toThrow();
  });
});

describe('AssetDiskModule', () => {
  it('offers the sink over its folder, and cleans it at the start', async () => {
    const half = join(freshFolder(), 'new', 'half');
    await mkdir(join(folder, 'new'), { recursive: true });
    await writeFile(half, 'ha');
    const app = await Test.createTestingModule({ imports: [AssetDiskModule.forRoot({ folder })] }).compile();
    await app.init();
    expect(app.get(DiskSink)).toBeInstanceOf(DiskStorage);
    expect(await filesIn(folder)).toEqual([]);
    await app.close();
  });
});
