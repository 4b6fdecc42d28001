import { expect, it } from 'vitest';

import { assetBreaches, reportOf, type AssetEvidence } from './report.js';

const MEGABYTE = 1024 ** 2;
const RIGHT: AssetEvidence = {
  sink: 's3',
  bytes: 10 * MEGABYTE,
  copiedMs: 1_234,
  read: { etag: '"ab"', bytes: 10 * MEGABYTE, sha256: 'ab', part: 'cd' },
  part: { status: 206, sha256: 'cd' },
  broken: 2,
  before: 150 * MEGABYTE,
  most: 350 * MEGABYTE,
};

it('finds nothing where the file is right and the memory flat', () => {
  expect(assetBreaches(RIGHT)).toEqual([]);
  expect(reportOf(RIGHT, [])).toBe(
    '10 MB into the sink s3, the upstream broke twice: 1.2 s. Read whole and in part.\n' +
      'Memory of the gateway: 150 MB at first, 350 MB at most.\nNo breach.',
  );
});

it.each<[string, Partial<AssetEvidence>]>([
  ['The file has 1 bytes', { read: { ...RIGHT.read, bytes: 1 } }],
  ['The bytes are not those', { read: { ...RIGHT.read, etag: '"cd"' } }],
  ['The range is not the part', { part: { status: 200, sha256: 'cd' } }],
  ['The range is not the part', { part: { status: 206, sha256: 'ab' } }],
  ['The upstream broke 1 times, not 2', { broken: 1 }],
  ['The gateway took 201 MB more', { most: 351 * MEGABYTE }],
])('says: %s …', (breach, change) => {
  expect(assetBreaches({ ...RIGHT, ...change }).join()).toContain(breach);
});
