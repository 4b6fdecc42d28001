import { expect, it } from 'vitest';

import { reportOf, streamBreaches, type Sample } from './report.js';

const MEGABYTE = 1024 ** 2;
const sample = (streams: number, megabytes: number): Sample => ({
  streams,
  rss: megabytes * MEGABYTE,
  heapUsed: 50 * MEGABYTE,
  external: 3 * MEGABYTE,
});
const evidence = (most: number, untold = 0) => ({
  samples: [sample(0, 100), sample(1_024, most), sample(1_024, 110)],
  untold,
  toldMs: { median: 20, most: 123 },
});

it('finds nothing where the gateway stays within its memory and tells all', () => {
  expect(streamBreaches(evidence(400))).toEqual([]);
});

it('finds a gateway that takes more, and streams that are not told', () => {
  expect(streamBreaches(evidence(401, 3))).toEqual([
    '3 streams were not told.',
    'The gateway took 401 MB; at most 400 are allowed.',
  ]);
});

it('says what each stream takes', () => {
  expect(reportOf(evidence(132), [])).toContain(
    '    1024          132           50            3         32.0',
  );
  expect(reportOf(evidence(132), [])).toContain('its end after 20 ms (median) and 123 ms at most');
});
