import fc from 'fast-check';
import type { ProviderLogger } from 'penstock/plugin-api';
import { beforeEach, expect, it } from 'vitest';

import { toSnapshot } from './to-snapshot.js';
import { readVideo, type Video } from './video.js';

let warnings: unknown[];

const logger: ProviderLogger = {
  debug: () => undefined,
  warn: (message, fields) => {
    warnings.push([message, fields]);
  },
};

beforeEach(() => {
  warnings = [];
});

const video = (fields: Partial<Video>): Video => {
  const read = readVideo({ id: 'video_1' });
  if (read === undefined) throw new Error('not a video');
  return { ...read, ...fields };
};

it.each([
  ['queued', 'queued'],
  ['in_progress', 'in_progress'],
  ['completed', 'completed'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['canceled', 'cancelled'],
])('reads the status %s as %s', (status, expected) => {
  expect(toSnapshot(video({ status }), logger).status).toBe(expected);
  expect(warnings).toEqual([]);
});

it.each(['paused', '', null, 'COMPLETED'])('takes the status %j as under way, and warns', (status) => {
  expect(toSnapshot(video({ status }), logger).status).toBe('in_progress');
  expect(warnings).toEqual([
    [
      'The upstream told a status that is not known; the job counts as under way.',
      { jobId: 'video_1', status },
    ],
  ]);
});

it.each([
  [1_764_000_000, 1_764_000_000_500],
  [null, null],
  [-5, null],
  ['soon', null],
])('reads the end %j as the middle of that second', (completed_at, expected) => {
  const read = readVideo({ id: 'video_1', status: 'completed', completed_at });
  expect(read && toSnapshot(read, logger).completedAt).toBe(expected);
});

it('offers its assets once completed', () => {
  expect(toSnapshot(video({ status: 'completed' }), logger).assets).toEqual([
    { name: 'video', contentType: 'video/mp4', bytes: null },
    { name: 'thumbnail', contentType: 'image/webp', bytes: null },
    { name: 'spritesheet', contentType: 'image/jpeg', bytes: null },
  ]);
  expect(toSnapshot(video({ status: 'failed' }), logger).assets).toEqual([]);
});

it('tells an error only of a job that failed', () => {
  const error = { code: 'c', message: 'm' };

  expect(toSnapshot(video({ status: 'failed', error }), logger).error).toEqual(error);
  expect(toSnapshot(video({ status: 'failed' }), logger).error).toBeNull();
  expect(toSnapshot(video({ status: 'in_progress', error }), logger).error).toBeNull();
});

it('keeps progress between 0 and 100, and null where none is told', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (progress) => {
      const read = toSnapshot(video({ status: 'in_progress', progress }), logger).progress;
      expect(read).toBe(Math.min(100, Math.max(0, progress)));
    }),
  );
  expect(toSnapshot(video({ status: 'in_progress', progress: null }), logger).progress).toBeNull();
});

it.each([
  [undefined, null],
  ['2500', 2_500],
  ['0', 0],
  ['-1', null],
  ['soon', null],
  ['1e9', null],
])('reads openai-poll-after-ms: %s as %s', (header, expected) => {
  const headers: Record<string, string> = header === undefined ? {} : { 'openai-poll-after-ms': header };

  expect(toSnapshot(video({ status: 'queued' }), logger, headers).pollAfterMs).toBe(expected);
});
