import { describe, expect, it } from 'vitest';

import type { InputReference } from './job.js';
import { ProviderError } from './provider-failure.js';
import { referenceUrl } from './reference-url.js';

const file = (open: () => Promise<Blob>, bytes = 3): InputReference => ({
  type: 'file',
  filename: 'a.png',
  contentType: 'image/png',
  bytes,
  open,
});
const png = file(() => Promise.resolve(new Blob(['png'])));
const failure = (kind: string) => ({ failure: expect.objectContaining({ kind }) as unknown });

describe('referenceUrl', () => {
  it('gives a URL as it is, and a file as a data URL', async () => {
    expect(await referenceUrl({ type: 'url', url: 'https://img.test/a' })).toBe('https://img.test/a');
    expect(await referenceUrl(png, { dataUrlBytes: 3 })).toBe('data:image/png;base64,cG5n');
  });

  it('refuses files where none are taken, and those that are too large', async () => {
    await expect(referenceUrl(png)).rejects.toMatchObject(failure('invalid_request'));
    await expect(referenceUrl(png, { dataUrlBytes: 2 })).rejects.toThrow('got 3 bytes, expected at most 2');
  });

  it('refuses the id of an upstream’s file', async () => {
    const reference = { type: 'upstream-file', fileId: 'f1' } as const;
    await expect(referenceUrl(reference)).rejects.toMatchObject(failure('invalid_request'));
  });

  it('takes a file that cannot be read as a passing trouble, and hands on what was said of it', async () => {
    const broken = file(() => Promise.reject(new Error('gone')));
    await expect(referenceUrl(broken, { dataUrlBytes: 9 })).rejects.toMatchObject(failure('transient'));
    const own = new ProviderError({ kind: 'ambiguous' }, 'Said.');
    await expect(
      referenceUrl(
        file(() => Promise.reject(own)),
        { dataUrlBytes: 9 },
      ),
    ).rejects.toBe(own);
  });
});
