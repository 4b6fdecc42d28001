import { describe, expect, it } from 'vitest';

import { DEFAULT_BEHAVIOUR } from './core/behaviour.js';
import { newJob, type Job } from './core/job.js';
import { Media } from './media.js';

function jobOf(contentBytes: number | null): Job {
  const request = { prompt: 'p', model: 'm', size: 's', seconds: '4', remixedFrom: null, reference: null };
  const plan = { id: 'video_1', queuedMs: 0, runMs: 0, failure: null, noise: 0 };
  return newJob({ secret: 's', account: 'a', request, now: 0 }, plan, { ...DEFAULT_BEHAVIOUR, contentBytes });
}

describe('Media', () => {
  it('has small files of every kind', async () => {
    const media = await Media.load();
    for (const variant of ['video', 'thumbnail', 'spritesheet'] as const) {
      const { size } = media.bodyOf(jobOf(null), variant);
      expect(size).toBeGreaterThan(1_000);
      expect(size).toBeLessThan(100_000);
    }
  });

  it('has an ETag for each variant and length', async () => {
    const media = await Media.load();
    const tags = [
      media.bodyOf(jobOf(null), 'video').etag,
      media.bodyOf(jobOf(null), 'thumbnail').etag,
      media.bodyOf(jobOf(10), 'video').etag,
      media.bodyOf(jobOf(11), 'video').etag,
    ];
    expect(new Set(tags).size).toBe(4);
    for (const tag of tags) expect(tag).toMatch(/^"[\w-]+"$/);
  });

  it('makes a video of the length asked for', async () => {
    const body = (await Media.load()).bodyOf(jobOf(123_456), 'video');
    expect([body.size, body.contentType]).toEqual([123_456, 'video/mp4']);
    expect(Buffer.concat([...body.read(0, body.size)])).toHaveLength(123_456);
  });
});
