import { describe, expect, it } from 'vitest';

import { ledgerReport } from './report.js';
import { countUpstream, ledgerBreaches, type LedgerEvidence } from './verdict.js';

const generation = (prompt: string, status: string, code?: string) => ({
  id: prompt,
  status,
  model: 'sora-2',
  tokenId: 'tok_1',
  createdAt: '2026-01-31T23:59:59.999Z',
  input: { prompt, seconds: '4' },
  error: code === undefined ? null : { code },
});
const row = (key: string, completed: number, failed: number, cancelled: number) => ({
  day: '2026-01-31',
  key,
  token: 'tok_1',
  model: 'sora-2',
  completed,
  failed,
  cancelled,
  seconds: 4 * completed,
});
const job = (prompt: string) => ({
  prompt,
  model: 'sora-2',
  seconds: '4',
  secret: 'sk-1',
  status: 'completed',
});
const RIGHT: LedgerEvidence = {
  askedBy: new Map([
    ['a', 'key_1'],
    ['b', 'key_1'],
    ['c', 'key_2'],
    ['d', 'key_2'],
  ]),
  secrets: new Map([['tok_1', 'sk-1']]),
  rows: [row('key_1', 1, 1, 0), row('key_2', 1, 0, 1)],
  generations: [
    generation('a', 'completed'),
    generation('b', 'failed', 'submission_unknown'),
    generation('c', 'completed'),
    generation('d', 'cancelled'),
  ],
  jobs: ['a', 'b', 'c', 'd'].map(job),
};
const OTHER = RIGHT.rows[1];
const MINE = RIGHT.rows[0];
const OF_MINE = '2026-01-31 key_1 tok_1 sora-2';

describe('the verdict on the ledger', () => {
  it('finds nothing where the ledger is right', () => {
    expect(ledgerBreaches(RIGHT)).toEqual([]);
  });

  it.each([
    [
      'a generation that nobody asked for',
      { generations: [...RIGHT.generations, generation('e', 'failed')] },
      '5 generations. 4 were asked for.',
    ],
    [
      'one that has not ended',
      { generations: [generation('a', 'in_progress'), ...RIGHT.generations.slice(1)] },
      '1 generations have not ended.',
    ],
    [
      'one counted twice',
      { rows: [{ ...MINE, completed: 2 }, OTHER] },
      `completed of ${OF_MINE}: the ledger says 2, but the upstream says 1.`,
    ],
    [
      'a failure not counted',
      { rows: [{ ...MINE, failed: 0 }, OTHER] },
      `failed of ${OF_MINE}: the ledger says 0, but the generations say 1.`,
    ],
    [
      'a key not counted',
      { rows: [MINE] },
      'cancelled of 2026-01-31 key_2 tok_1 sora-2: the ledger says 0, but the generations say 1.',
    ],
    [
      'wrong seconds',
      { rows: [{ ...MINE, seconds: 8 }, OTHER] },
      `seconds of ${OF_MINE}: the ledger says 8, but the generations say 4.`,
    ],
    [
      'another day',
      { rows: [{ ...MINE, day: '2026-02-01' }, OTHER] },
      'completed of 2026-02-01 key_1 tok_1 sora-2: the ledger says 1, but the generations say 0.',
    ],
    [
      'another token than the upstream saw',
      { jobs: [{ ...job('a'), secret: 'sk-2' }, ...RIGHT.jobs.slice(1)] },
      `completed of ${OF_MINE}: the ledger says 1, but the upstream says 0.`,
    ],
    [
      'a job not known',
      { jobs: RIGHT.jobs.slice(1) },
      `completed of ${OF_MINE}: the ledger says 1, but the upstream says 0.`,
    ],
    [
      'a failure that the upstream completed',
      { generations: [RIGHT.generations[0], generation('b', 'failed', 'generation_failed')] },
      `completed of ${OF_MINE}: the ledger says 1, but the upstream says 2.`,
    ],
    [
      'a job that was made twice',
      { jobs: [...RIGHT.jobs, { ...job('a'), status: 'failed' }] },
      'The upstream was asked again for 1 that it had.',
    ],
  ] as const)('finds %s', (_, change, breach) => {
    expect(ledgerBreaches({ ...RIGHT, ...(change as Partial<LedgerEvidence>) })).toContain(breach);
  });

  it('explains what the upstream completed and the ledger does not count', () => {
    expect(countUpstream(RIGHT)).toEqual({ all: 4, completed: 2, unknown: 1, cancelled: 1 });
    expect(ledgerReport(RIGHT, [])).toBe(
      'Ledger: 2 rows by day, key, token and model: 2 completed of 8 s, 1 failed (1 submission_unknown), 1 cancelled.\n' +
        'Upstream: 4 completed: 2 that are completed here, 1 of submissions that stayed unknown, 1 cancelled too late.\n' +
        'The ledger is right.',
    );
  });
});
