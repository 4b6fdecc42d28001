import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { loadConfig } from '../config/index.js';
import { InputFiles, MAX_REFERENCE_BYTES } from './input-files.js';

const PNG = { filename: 'a.png', contentType: 'image/png' };

describe('InputFiles', () => {
  let folder: string;
  let files: InputFiles;
  const kept = (): Promise<string[]> => readdir(join(folder, 'inputs'));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-inputs-'));
    files = new InputFiles(loadConfig({ PENSTOCK_DATA_DIR: folder }));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each(['ENOSPC', 'EDQUOT'])('says that the disk is full (%s), and keeps nothing', async (code) => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('the first part');
      throw Object.assign(new Error(`${code}: no space left`), { code });
    }
    await expect(files.save(Readable.from(broken()), PNG)).rejects.toMatchObject({
      code: 'storage_full',
      category: 'unavailable',
    });
    expect(await kept()).toEqual([]);
  });

  it('keeps a file for its owner alone and hands it out again and again', async () => {
    const content = Buffer.from('not really a picture');
    const reference = await files.save(Readable.from([content.subarray(0, 5), content.subarray(5)]), PNG);
    expect(reference).toMatchObject({
      ...PNG,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    const input = files.open(reference);
    if (input?.type !== 'file') throw new Error('expected a file');
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const blob = await input.open();
      expect([blob.type, await blob.text()]).toEqual(['image/png', content.toString()]);
    }
    const [name = ''] = await kept();
    expect((await stat(join(folder, 'inputs', name))).mode & 0o777).toBe(0o600);
  });

  it('refuses other types of media and reads the upload to its end', async () => {
    const content = Readable.from(['<svg/>']);
    const save = files.save(content, { filename: 'a.svg', contentType: 'image/svg+xml' });
    await expect(save).rejects.toThrow(
      'input_reference: got a file of type "image/svg+xml", expected one of image/jpeg, image/png, image/webp, video/mp4.',
    );
    await expect.poll(() => content.readableEnded).toBe(true);
  });

  it('refuses what is too large, and leaves nothing', async () => {
    const chunk = Buffer.alloc(1024 * 1024);
    const chunks = Array.from({ length: MAX_REFERENCE_BYTES / chunk.length }, () => chunk);
    await expect(files.save(Readable.from(chunks), PNG)).resolves.toMatchObject({
      bytes: MAX_REFERENCE_BYTES,
    });
    await expect(files.save(Readable.from([...chunks, Buffer.alloc(1)]), PNG)).rejects.toMatchObject({
      code: 'file_too_large',
    });
    expect(await kept()).toHaveLength(1);
  });

  it('leaves nothing of an upload that breaks', async () => {
    const broken = new Readable({
      read() {
        this.push('half');
        this.destroy(new Error('cut off'));
      },
    });
    await expect(files.save(broken, PNG)).rejects.toThrow('cut off');
    expect(await kept()).toEqual([]);
  });

  it('discards one, and all that nobody needs', async () => {
    const [one, two, three] = await Promise.all(
      [1, 2, 3].map((n) => files.save(Readable.from([String(n)]), PNG)),
    );
    await files.discard(one ?? null);
    await files.discard(one ?? null);
    await files.discard(null);
    expect(await kept()).toHaveLength(2);
    await files.keepOnly([two ?? null, null, { type: 'url', url: 'https://example.test' }]);
    expect(await kept()).toEqual([two?.type === 'file' ? two.path : '']);
    expect(three?.type).toBe('file');
  });

  it('passes on what is not a file', () => {
    expect(files.open(null)).toBeNull();
    expect(files.open({ type: 'url', url: 'https://example.test' })).toEqual({
      type: 'url',
      url: 'https://example.test',
    });
  });
});
