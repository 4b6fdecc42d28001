import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startHarness, type Harness, type Reply } from '../../harness.js';

let harness: Harness;
let id: string;

beforeEach(async () => {
  harness = await startHarness();
  id = await harness.create();
  await harness.clock.advance(10_000);
});

afterEach(() => harness.close());

const content = (query = '', headers: Record<string, string> = {}): Promise<Reply> =>
  harness.call(`/v1/videos/${id}/content${query}`, { headers });
const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('GET /v1/videos/{id}/content', () => {
  it('serves an MP4 that plays while it loads', async () => {
    const reply = await content();
    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': String(reply.bytes.length),
      'accept-ranges': 'bytes',
      etag: expect.stringMatching(/^".+"$/) as string,
    });
    expect(reply.bytes.toString('latin1', 4, 8)).toBe('ftyp');
    expect(reply.bytes.indexOf('moov')).toBeLessThan(reply.bytes.indexOf('mdat'));
    expect(reply.bytes.length).toBeLessThan(100_000);
  });

  it.each([
    ['thumbnail', 'image/webp', 8, 'WEBP'],
    ['spritesheet', 'image/jpeg', 6, 'JFIF'],
  ])('serves a %s', async (variant, type, offset, magic) => {
    const reply = await content(`?variant=${variant}`);
    expect(reply.headers['content-type']).toBe(type);
    expect(reply.bytes.toString('latin1', offset, offset + 4)).toBe(magic);
  });

  it('refuses a variant that does not exist', async () => {
    expect((await content('?variant=poster')).json()).toMatchObject({ error: { param: 'variant' } });
  });

  it('serves parts', async () => {
    const whole = await content();
    const part = await content('', { range: 'bytes=100-199' });
    expect(part.status).toBe(206);
    expect(part.headers['content-range']).toBe(`bytes 100-199/${whole.bytes.length}`);
    expect(part.headers['content-length']).toBe('100');
    expect(part.bytes.equals(whole.bytes.subarray(100, 200))).toBe(true);
    const tail = await content('', { range: 'bytes=-10' });
    expect(tail.bytes.equals(whole.bytes.subarray(-10))).toBe(true);
  });

  it('answers 416 when there are no such bytes', async () => {
    const size = (await content()).bytes.length;
    const reply = await content('', { range: `bytes=${size}-` });
    expect(reply.status).toBe(416);
    expect(reply.headers['content-range']).toBe(`bytes */${size}`);
    expect(reply.bytes).toHaveLength(0);
  });

  it('serves a part only of the version that If-Range names', async () => {
    const { etag } = (await content()).headers;
    const range = 'bytes=0-9';
    expect((await content('', { range, 'if-range': String(etag) })).status).toBe(206);
    expect((await content('', { range, 'if-range': '"older"' })).status).toBe(200);
  });

  it('refuses a job that has not completed, and one of somebody else', async () => {
    const young = await harness.create('young');
    const early = await harness.call(`/v1/videos/${young}/content`);
    expect(early.status).toBe(400);
    expect(early.json()).toMatchObject({ error: { code: 'video_not_ready' } });
    expect((await harness.call(`/v1/videos/${id}/content`, { secret: 'key-b' })).status).toBe(404);
  });

  it('is gone after a day', async () => {
    await harness.clock.advance(24 * 3600 * 1000 - 1);
    expect((await content()).status).toBe(200);
    await harness.clock.advance(1);
    expect((await content()).status).toBe(404);
    expect((await harness.call(`/v1/videos/${id}`)).json()).toMatchObject({ status: 'completed' });
  });
});

describe('with contentBytes', () => {
  const SIZE = 3_000_001;

  beforeEach(async () => {
    harness.simulator.control.setBehaviour({ contentBytes: SIZE });
    id = await harness.create('large');
    await harness.clock.advance(10_000);
  });

  it('serves exactly so many bytes, the same each time', async () => {
    const first = await content();
    expect(first.headers['content-length']).toBe(String(SIZE));
    expect(first.bytes).toHaveLength(SIZE);
    expect(digest((await content()).bytes)).toBe(digest(first.bytes));
  });

  it('serves parts that make up the whole', async () => {
    const cut = 1_234_567;
    const parts = await Promise.all([
      content('', { range: `bytes=0-${cut - 1}` }),
      content('', { range: `bytes=${cut}-` }),
    ]);
    const joined = Buffer.concat(parts.map(({ bytes }) => bytes));
    expect(digest(joined)).toBe(digest((await content()).bytes));
  });

  it('still has its small thumbnail', async () => {
    expect((await content('?variant=thumbnail')).bytes.length).toBeLessThan(100_000);
  });
});
