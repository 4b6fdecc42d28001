import { expect, it } from 'vitest';

import { importRows, ndjson } from './import-rows.js';

it('makes rows of which a fifth is new, and four fifths are duplicates, each of one sort', () => {
  const { known, rows } = importRows(20);
  expect([known.length, rows.length]).toEqual([4, 20]);
  const [secrets, labels] = [new Set(known.map((row) => row.secret)), new Set(known.map((row) => row.label))];
  const sorts = rows.map(({ secret, label }) => {
    const sort = `${secrets.has(secret) ? 'secret' : ''}${labels.has(label) ? 'label' : ''}`;
    secrets.add(secret);
    labels.add(label);
    return sort;
  });
  const each = (sort: string): readonly string[] => Array.from({ length: 4 }, () => sort);
  expect(sorts).toEqual(['secret', 'label', '', 'secret', 'label'].flatMap(each));
});

it('refuses a number that has no fifth', () => {
  expect(() => importRows(12)).toThrow('count must be a multiple of 5, got 12');
});

it('writes a row a line', () => {
  expect(ndjson(importRows(5).known)).toBe('{"secret":"sk-known-0","label":"known-0"}\n');
});
