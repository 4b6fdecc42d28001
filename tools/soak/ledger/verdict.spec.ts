import { expect, it } from 'vitest';

import { ledgerBreaches, type LedgerEvidence } from './verdict.js';

const generation = (prompt: string, status: string, code?: string) => ({
  ...{ id: prompt, status, input: { prompt, seconds: '4' } },
  error: code === undefined ? null : { code },
});
const RIGHT: LedgerEvidence = {
  askedBy: new Map([
    ['a', 'key_1'],
    ['b', 'key_1'],
    ['c', 'key_2'],
    ['d', 'key_2'],
  ]),
  sums: [
    { key: 'key_1', completed: 1, failed: 1, cancelled: 0, seconds: 4 },
    { key: 'key_2', completed: 1, failed: 0, cancelled: 1, seconds: 4 },
  ],
  generations: [
    generation('a', 'completed'),
    generation('b', 'failed', 'submission_unknown'),
    generation('c', 'completed'),
    generation('d', 'cancelled'),
  ],
  jobs: ['a', 'b', 'c', 'd'].map((prompt) => ({ prompt, status: 'completed' })),
};
const [first, second] = RIGHT.sums;

it('finds nothing where the ledger is right', () => {
  expect(ledgerBreaches(RIGHT)).toEqual([]);
});

it.each([
  [
    'a generation too many',
    { generations: [...RIGHT.generations, generation('e', 'failed')] },
    /^Generations: 5/,
  ],
  ['one counted twice', { sums: [{ ...first, completed: 2 }, second] }, /completed of key_1: 2, but it is 1/],
  ['a failure not counted', { sums: [{ ...first, failed: 0 }, second] }, /failed of key_1: 0, but it is 1/],
  ['a key not counted', { sums: [first] }, /cancelled of key_2: 0, but it is 1/],
  ['wrong seconds', { sums: [{ ...first, seconds: 8 }, second] }, /seconds of key_1: 8, but it is 4/],
  ['a job not known', { jobs: RIGHT.jobs.slice(1) }, /in all: 2, but it is 1/],
] as const)('finds %s', (_, change, breach) => {
  const breaches = ledgerBreaches({ ...RIGHT, ...(change as Partial<LedgerEvidence>) });
  expect(breaches.join('\n')).toMatch(new RegExp(breach.source, 'm'));
});
