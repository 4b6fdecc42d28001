import fc from 'fast-check';
import type { JsonValue } from 'penstock/kernel';
import { describe, expect, it } from 'vitest';

import { readPage, readVideo } from './video.js';

describe('readVideo', () => {
  it('reads what it knows and ignores the rest', () => {
    const video = {
      id: 'video_1',
      object: 'video',
      status: 'failed',
      progress: 40,
      created_at: 1_700_000_000,
      model: 'sora-2',
      prompt: 'a cat',
      size: '720x1280',
      seconds: '4',
      remixed_from_video_id: null,
      error: { code: 'moderation_blocked', message: 'No.', extra: 1 },
      quality: 'standard',
    };

    expect(readVideo(video)).toEqual({
      id: 'video_1',
      status: 'failed',
      progress: 40,
      created_at: 1_700_000_000,
      model: 'sora-2',
      prompt: 'a cat',
      size: '720x1280',
      seconds: '4',
      remixed_from_video_id: null,
      error: { code: 'moderation_blocked', message: 'No.' },
    });
  });

  it('needs no more than an id', () => {
    expect(readVideo({ id: 'v' })?.id).toBe('v');
  });

  it('takes seconds as a number', () => {
    expect(readVideo({ id: 'v', seconds: 8 })?.seconds).toBe('8');
  });

  it('drops what has a wrong type', () => {
    const video = readVideo({ id: 'v', status: 1, progress: '50', prompt: [], seconds: true, error: 'x' });

    expect(video).toMatchObject({ status: null, progress: null, prompt: null, seconds: null, error: null });
  });

  it('fills in an error that is told in part', () => {
    expect(readVideo({ id: 'v', error: {} })?.error).toEqual({ code: 'unknown', message: '' });
  });

  it.each<JsonValue>([null, 1, 'video', [], {}, { id: '' }, { id: 7 }, { id: 'x'.repeat(513) }])(
    'reads no video in %j',
    (body) => {
      expect(readVideo(body)).toBeUndefined();
    },
  );

  it('never throws, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (body, id) => {
        readVideo(body as JsonValue);
        readPage(body as JsonValue);
        readVideo({ id, error: body as JsonValue, progress: body as JsonValue });
      }),
    );
  });
});

describe('readPage', () => {
  it('leaves out items that are no videos', () => {
    const page = readPage({ data: [{ id: 'a' }, null, { name: 'b' }, { id: 'c' }], has_more: false });

    expect(page?.videos.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(page?.next).toBeNull();
  });

  it('goes on after the last id, told or not', () => {
    expect(readPage({ data: [{ id: 'a' }], has_more: true, last_id: 'z' })?.next).toBe('z');
    expect(readPage({ data: [{ id: 'a' }], has_more: true })?.next).toBe('a');
    expect(readPage({ data: [], has_more: true })?.next).toBeNull();
  });

  it.each<JsonValue>([null, [], {}, { data: {} }, 'list'])('reads no page in %j', (body) => {
    expect(readPage(body)).toBeUndefined();
  });
});
