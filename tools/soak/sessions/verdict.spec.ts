import { expect, it } from 'vitest';

import type { Sample } from './sample.js';
import { sessionBreaches, type SessionsEvidence } from './verdict.js';

const sample = (change: Partial<Sample> = {}): Sample => ({
  origins: 1_000,
  open: 100,
  closing: 0,
  sockets: 100,
  files: 220,
  heap: 20_000_000,
  ...change,
});
const FLAT: SessionsEvidence = {
  maxSessions: 100,
  connections: 2,
  failures: 0,
  socketsLeft: 0,
  samples: [sample(), sample({ origins: 2_000, sockets: 180, files: 225, heap: 21_000_000 })],
};

it('finds nothing where everything is flat, also where the system tells of no files', () => {
  expect(sessionBreaches(FLAT)).toEqual([]);
  const unknown = FLAT.samples.map((each) => ({ ...each, files: null }));
  expect(sessionBreaches({ ...FLAT, samples: unknown })).toEqual([]);
});

it.each<[string, Partial<Sample>, RegExp]>([
  ['sessions past the maximum', { open: 101 }, /^After 2000 origins open sessions: 101, at most 100/],
  ['sessions that never close', { closing: 1 }, /sessions that close: 1/],
  ['sockets', { sockets: 201 }, /sockets: 201, at most 200/],
  ['files', { files: 229 }, /files: 229, at most 228/],
  ['heap', { heap: 25_000_000 }, /bytes of heap/],
])('finds too many: %s', (_, change, breach) => {
  const samples = [sample(), sample({ origins: 2_000, ...change })];
  const [found, ...more] = sessionBreaches({ ...FLAT, samples });
  expect(found).toMatch(breach);
  expect(more).toEqual([]);
});

it('finds requests that failed, and sockets that are left', () => {
  expect(sessionBreaches({ ...FLAT, failures: 2, socketsLeft: 1 })).toEqual([
    '2 requests failed.',
    '1 sockets are left of a pool that was closed.',
  ]);
});
