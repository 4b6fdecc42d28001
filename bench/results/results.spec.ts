import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { tablesOf } from './markdown-tables.js';
import { numbersIn } from './numbers-in.js';
import { printedBy } from './printed.js';
import { writeResults } from './write-results.js';

const PRINTED = `
## calls

A machine

| call   | callers | p50 / p99 ms | ratio |
| ------ | ------: | ------------ | ----- |
| create | 1       | 1 / 4        | 50 %  |
| create | 32      | 2 / 8        | 25 %  |

and another

| what | value |
| --- | --- |
| a <b> & c | none |

### Sizes

| of | size |
| --- | --- |
| one | 5 ms |
| two | 7 bytes |
`;

describe('the tables of a text', () => {
  it('have the heading above them, and a number from the second on', () => {
    expect(tablesOf(PRINTED)).toEqual([
      {
        title: 'calls',
        columns: ['call', 'callers', 'p50 / p99 ms', 'ratio'],
        rows: [
          ['create', '1', '1 / 4', '50 %'],
          ['create', '32', '2 / 8', '25 %'],
        ],
      },
      { title: 'calls (2)', columns: ['what', 'value'], rows: [['a <b> & c', 'none']] },
      expect.objectContaining({ title: 'Sizes' }),
    ]);
    expect(tablesOf('none')).toEqual([]);
  });
});

it.each([
  ['12', [12]],
  ['-0.5', [-0.5]],
  ['1,234,567', [1_234_567]],
  ['0.3 / 1.2', [0.3, 1.2]],
  ['96 %', [96]],
  ['1.6 x', [1.6]],
  ['310 ms', [310]],
  ['yes', null],
  ['', null],
  ['3 of 4', null],
])('finds the numbers of the cell %j', (cell, numbers) => {
  expect(numbersIn(cell)).toEqual(numbers);
});

describe('results', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-results-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are written as they were printed, as JSON and as a picture', async () => {
    await writeResults(join(folder, 'new'), 'calls', PRINTED);
    const [text, json, svg] = await Promise.all(
      ['md', 'json', 'svg'].map((type) => readFile(join(folder, 'new', `calls.${type}`), 'utf8')),
    );
    expect(text).toBe(`${PRINTED.trim()}\n`);
    expect(JSON.parse(json ?? '')).toMatchObject({
      bench: 'calls',
      tables: [{ title: 'calls', rows: [{ callers: '1', ratio: '50 %' }, { callers: '32' }] }, {}, {}],
    });
    // The bars of 50 % and 25 %, and p99 behind p50.
    expect(svg?.match(/width="(?:100|50)\.0" height="12"/g)).toHaveLength(2);
    expect(svg?.match(/width="(?:50|100)\.0" height="2"/g)).toHaveLength(2);
    expect(svg).toContain('create, 32');
    // Milliseconds and bytes have no bars.
    expect(svg?.match(/width="0\.0" height="12"/g)).toHaveLength(2);
    expect(svg).toContain('a &lt;b&gt; &amp; c');
  });
});

it('keeps what is printed, and prints it all the same', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const printed = await printedBy(() => {
    console.log('a', 1);
    console.log('b');
    return Promise.resolve();
  });
  expect(printed).toBe('a 1\nb');
  expect(log.mock.calls).toEqual([['a', 1], ['b']]);
  expect(console.log).toBe(log);
  log.mockRestore();
});
