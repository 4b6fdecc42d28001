import { describe, expect, it } from 'vitest';

import { abortable } from './abortable.js';

async function* pieces(end?: Promise<void>): AsyncGenerator<Uint8Array> {
  yield Buffer.from('a');
  yield Buffer.from('b');
  await end;
}

async function read(content: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const piece of content) text += String(Buffer.from(piece));
  return text;
}

describe('abortable', () => {
  it('hands on every piece, and the error of the source', async () => {
    const { signal } = new AbortController();
    expect(await read(abortable(pieces(), signal))).toBe('ab');
    await expect(read(abortable(pieces(Promise.reject(new Error('broken'))), signal))).rejects.toThrow(
      'broken',
    );
  });

  it('ends with the reason while it waits for a piece that never comes', async () => {
    const stop = new AbortController();
    const reading = read(abortable(pieces(new Promise(() => undefined)), stop.signal));
    setImmediate(() => {
      stop.abort(new Error('the process ends'));
    });
    await expect(reading).rejects.toThrow('the process ends');
    await expect(read(abortable(pieces(), stop.signal))).rejects.toThrow('the process ends');
  });

  it('closes the source when nobody reads on', async () => {
    let isClosed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* pieces();
      } finally {
        isClosed = true;
      }
    }
    for await (const piece of abortable(source(), new AbortController().signal)) {
      expect(piece.byteLength).toBe(1);
      break;
    }
    await expect.poll(() => isClosed).toBe(true);
  });
});
