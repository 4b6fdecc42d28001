import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import fc from 'fast-check';
import { SystemClock, type Timer } from 'penstock/kernel';
import type { Download } from 'penstock/plugin-api';
import { describe, expect, it } from 'vitest';

import { CopyAnew } from './copy-refused.js';
import { ResumedSource, type SourceOptions } from './resumed-source.js';

/** Pauses take no time; what is bounded by time still is. */
class HastyClock extends SystemClock {
  override setTimer(
    callback: () => void,
    delayMs: number,
    options?: { readonly keepAlive?: boolean },
  ): Timer {
    return super.setTimer(callback, delayMs / 100, options);
  }
}

const FILE = Buffer.from(Array.from({ length: 1_000 }, (_each, at) => at % 251));
const broken = new Error('the upstream hung up');

/** Serves a file; each answer breaks after so many bytes, or does not. */
class FakeFile {
  readonly asked: (string | null)[] = [];
  etag: string | null = '"1"';
  tells = true;
  answers: 'parts' | 'whole' = 'parts';

  constructor(readonly breaks: (number | 'silence')[] = []) {}

  open: SourceOptions['open'] = async ({ range }) => {
    await Promise.resolve();
    this.asked.push(range);
    const from = this.answers === 'whole' ? 0 : Number(/\d+/.exec(range ?? '0')?.[0]);
    const isPart = this.answers === 'parts' && range !== null;
    const end = FILE.length - 1;
    return {
      status: isPart ? 206 : 200,
      contentType: 'video/mp4',
      lastModified: null,
      etag: this.etag,
      contentLength: this.tells ? FILE.length - from : null,
      contentRange: isPart ? `bytes ${String(from)}-${String(end)}/${String(FILE.length)}` : null,
      body: this.#body(FILE.subarray(from)),
    } satisfies Download;
  };

  #body(bytes: Buffer): Readable {
    const after = this.breaks.shift();
    if (after === undefined) return Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]);
    const body = new Readable({ read: () => undefined });
    if (after === 'silence') return body;
    if (after > 0) body.push(bytes.subarray(0, after));
    setTimeout(() => body.destroy(broken), 5);
    return body;
  }
}

async function read(file: FakeFile, signal = new AbortController().signal): Promise<Buffer> {
  const options = { open: file.open, clock: new HastyClock(), stalledAfterMs: 2_000, signal };
  const source = await ResumedSource.open(options);
  return buffer(Readable.from(source.content()));
}

describe('ResumedSource', () => {
  it('reads a file that does not break with one request', async () => {
    const file = new FakeFile();
    expect(await read(file)).toEqual(FILE);
    expect(file.asked).toEqual([null]);
  });

  it('asks for the rest where it breaks, and so gives every byte once', async () => {
    const file = new FakeFile([400, 300]);
    expect(await read(file)).toEqual(FILE);
    expect(file.asked).toEqual([null, 'bytes=400-', 'bytes=700-']);
  });

  it('gives every byte once, wherever and however often it breaks', async () => {
    const breaks = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        breaks,
        fc.constantFrom('parts' as const, 'whole' as const),
        async (places, answers) => {
          const file = new FakeFile([...places]);
          file.answers = answers;
          const whole = read(file);
          // An upstream that begins anew each time gets no further than it does in one go.
          const bytes = await whole.catch((error: unknown) => error);
          if (bytes instanceof Error) expect([answers, bytes]).toEqual(['whole', broken]);
          else expect(bytes).toEqual(FILE);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('drops what it has when the upstream gives the same file from its beginning', async () => {
    const file = new FakeFile([400]);
    file.answers = 'whole';
    expect(await read(file)).toEqual(FILE);
  });

  it('asks again when no byte comes', async () => {
    const file = new FakeFile(['silence']);
    expect(await read(file)).toEqual(FILE);
    expect(file.asked).toEqual([null, 'bytes=0-']);
  });

  it('begins anew when the file has changed meanwhile', async () => {
    const file = new FakeFile([400]);
    const open: SourceOptions['open'] = async (part) => {
      const download = await file.open(part);
      file.etag = '"2"';
      return download;
    };
    const signal = new AbortController().signal;
    const source = await ResumedSource.open({ open, clock: new HastyClock(), stalledAfterMs: 2_000, signal });
    await expect(buffer(Readable.from(source.content()))).rejects.toBeInstanceOf(CopyAnew);
  });

  it('begins anew when nobody can tell that a whole answer is the same file', async () => {
    const file = new FakeFile([400]);
    file.answers = 'whole';
    file.etag = 'W/"1"';
    await expect(read(file)).rejects.toBeInstanceOf(CopyAnew);
  });

  it('does not go on without a length and a validator', async () => {
    const file = new FakeFile([400]);
    file.etag = null;
    file.tells = false;
    await expect(read(file)).rejects.toBe(broken);
    expect(file.asked).toEqual([null]);
  });

  it('gives up after breaks in a row without a byte', async () => {
    const file = new FakeFile([10, 0, 0, 0, 0, 0, 0, 0, 0]);
    await expect(read(file)).rejects.toBe(broken);
    expect(file.asked).toHaveLength(6);
  });

  it('does not take an end for the whole', async () => {
    const short = async (): Promise<Download> => ({
      ...(await new FakeFile().open({ range: null, ifRange: null })),
      contentLength: FILE.length + 1,
    });
    const signal = new AbortController().signal;
    const options = { open: short, clock: new HastyClock(), stalledAfterMs: 2_000, signal };
    const source = await ResumedSource.open(options);
    await expect(buffer(Readable.from(source.content()))).rejects.toThrow();
  });

  it('stops at once when it is stopped', async () => {
    const stop = new AbortController();
    const file = new FakeFile(['silence']);
    const reading = read(file, stop.signal);
    const refused = expect(reading).rejects.toThrow('enough');
    setImmediate(() => {
      stop.abort(new Error('enough'));
    });
    await refused;
    expect(file.asked).toEqual([null]);
  });
});
