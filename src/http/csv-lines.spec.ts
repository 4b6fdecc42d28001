import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { csvLines } from './csv-lines.js';

it.each([
  ['plain', 'plain'],
  ['says "no", twice', '"says ""no"", twice"'],
  ['two\nlines', '"two\nlines"'],
  ['two\rlines', '"two\rlines"'],
  ['=1+1', "'=1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['-2', "'-2"],
  ['+49', "'+49"],
  ['', ''],
])('writes the text %j so that it stays one', (text, cell) => {
  expect(csvLines([[1, text, null, -2.5]])).toBe(`1,${cell},,-2.5\r\n`);
});

it('writes nothing for no rows', () => {
  expect(csvLines([])).toBe('');
});

it('is read as it was written, whatever the texts hold', () => {
  const piece = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(',', '"', '\n', '\r', '\r\n'));
  const text = fc.array(piece).map((pieces) => `t${pieces.join('')}`);
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { minLength: 1 }), (rows) => {
      expect(parse(csvLines(rows), { record_delimiter: '\r\n' })).toEqual(rows);
    }),
  );
});
