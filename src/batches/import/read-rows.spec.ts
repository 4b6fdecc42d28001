import { Readable } from 'node:stream';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { RawRow } from './raw-row.js';
import { readRows, type RowFormat } from './read-rows.js';

/** Reads a text that comes in pieces, which may part it anywhere. */
async function read(text: string | Buffer, format: RowFormat, pieceBytes = 7): Promise<readonly RawRow[]> {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
    bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  );
  const rows: RawRow[] = [];
  for await (const row of readRows(Readable.from(pieces, { objectMode: false }), format)) rows.push(row);
  return rows;
}

describe('plain text', () => {
  it('is a secret a line; empty lines and comments count as lines, but are no rows', async () => {
    const rows = await read('\uFEFF# keys\nsk-1\r\n\r\n  sk-2  \n# sk-3\nsk-4', 'text');
    expect(rows).toEqual([
      { line: 2, value: 'sk-1' },
      { line: 4, value: 'sk-2' },
      { line: 6, value: 'sk-4' },
    ]);
  });

  it('may be empty', async () => {
    expect([await read('', 'text'), await read('\n\n', 'text')]).toEqual([[], []]);
  });

  it('has no line of any length', async () => {
    const rows = await read(`${'x'.repeat(100_001)}\nsk-1`, 'text', 4_096);
    expect(rows).toEqual([
      { line: 1, problem: 'The line has over 100000 characters.' },
      { line: 2, value: 'sk-1' },
    ]);
  });
});

describe('NDJSON', () => {
  it('has a value a line, and one that is no JSON stops no other', async () => {
    const rows = await read('{"secret":"ä"}\n{"secret":\n"sk-2"\n', 'ndjson');
    expect(rows).toEqual([
      { line: 1, value: { secret: 'ä' } },
      { line: 2, problem: 'The line is not JSON.' },
      { line: 3, value: 'sk-2' },
    ]);
  });

  it('is read the same whatever pieces it comes in', async () => {
    const values = fc.array(fc.record({ secret: fc.string(), label: fc.string() }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(values, fc.integer({ min: 1, max: 40 }), async (rows, pieceBytes) => {
        const text = rows.map((row) => JSON.stringify(row)).join('\n');
        const got = await read(text, 'ndjson', pieceBytes);
        expect(got).toEqual(rows.map((value, index) => ({ line: index + 1, value })));
      }),
    );
  });
});

describe('CSV', () => {
  it('takes its columns from the first line, and leaves out empty cells', async () => {
    const csv = '\uFEFFlabel,secret,weight,limits\na,sk-1,2,"{""video"": 3}"\n"b, too",sk-2,,\n';
    expect(await read(csv, 'csv')).toEqual([
      { line: 2, value: { label: 'a', secret: 'sk-1', weight: 2, limits: { video: 3 } } },
      { line: 3, value: { label: 'b, too', secret: 'sk-2' } },
    ]);
  });

  it('keeps texts that look like numbers, and what is no number where one belongs', async () => {
    expect(await read('label,secret,weight\n007,123,many\n', 'csv')).toEqual([
      { line: 2, value: { label: '007', secret: '123', weight: 'many' } },
    ]);
  });

  it('answers a row of too many cells, passes over empty ones, and takes short ones', async () => {
    expect(await read('secret,label\nsk-1,a,b\n,\nsk-2\n', 'csv')).toEqual([
      { line: 2, problem: 'The row has 3 cells, but there are 2 columns.' },
      { line: 4, value: { secret: 'sk-2' } },
    ]);
  });

  it.each([
    ['label,token\na,b\n', 'The first line of the CSV must name its columns, "secret" among them.'],
    ['label,secret\n"a,b\n', 'The CSV cannot be read: Quote Not Closed'],
  ])('is refused where it cannot be read: %j', async (csv, message) => {
    await expect(read(csv, 'csv')).rejects.toThrow(message);
  });

  it('fails with its source', async () => {
    const source = new Readable({
      read() {
        this.destroy(new Error('The client went away.'));
      },
    });
    const reading = (async () => {
      for await (const row of readRows(source, 'csv')) expect(row).toBeUndefined();
    })();
    await expect(reading).rejects.toThrow('The client went away.');
  });
});
