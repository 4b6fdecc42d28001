import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import fc from 'fast-check';
import type { Download } from 'penstock/plugin-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CopiesWorld } from '../testing/copies-world.js';

const FILM = '0123456789';

describe('KeptAssets', () => {
  let world: CopiesWorld;
  beforeEach(async () => {
    world = await CopiesWorld.create();
  });
  afterEach(() => world.end());

  const open = (id: string, range: string | null = null, ifRange: string | null = null) => {
    const generation = world.generations.get(id);
    if (generation === undefined) throw new Error(`There is no ${id}.`);
    return world.shelf.open(generation, 0, { range, ifRange, signal: new AbortController().signal });
  };
  const read = async (download: Download | null) =>
    download === null ? null : { ...download, body: await text(download.body) };
  const etagOf = async (id: string): Promise<string> => `"${String((await world.copyOf(id)).sha256)}"`;

  it('hands over the whole, with the hash as its tag', async () => {
    const id = await world.stored(FILM);
    expect(await read(await open(id))).toEqual({
      status: 200,
      contentType: 'video/mp4',
      contentLength: 10,
      contentRange: null,
      body: FILM,
      etag: await etagOf(id),
      lastModified: null,
    });
  });

  it('hands over every part that lies inside, and never another', async () => {
    const id = await world.stored(FILM);
    const place = fc.nat({ max: 12 });
    await fc.assert(
      fc.asyncProperty(place, place, async (start, end) => {
        fc.pre(start <= end);
        const part = await read(await open(id, `bytes=${String(start)}-${String(end)}`));
        const body = FILM.slice(start, end + 1);
        expect(part).toMatchObject({ body, contentLength: body.length, status: start < 10 ? 206 : 416 });
        const last = String(Math.min(end, 9));
        const range = start < 10 ? `bytes ${String(start)}-${last}/10` : 'bytes */10';
        expect(part?.contentRange).toBe(range);
      }),
      { numRuns: 40 },
    );
  });

  it('hands over the whole when a part of another file is asked for', async () => {
    const id = await world.stored(FILM);
    const statuses = [await open(id, 'bytes=0-1', '"other"'), await open(id, 'bytes=0-1', await etagOf(id))];
    expect(statuses.map((each) => each?.status)).toEqual([200, 206]);
    for (const each of statuses) each?.body.destroy();
  });

  it('leaves to the upstream what is not stored', async () => {
    expect(await open(await world.completed())).toBeNull();
    const evicted = await world.stored();
    await world.store.evictOldest();
    expect(await open(evicted)).toBeNull();
  });

  it('leaves a copy that is gone to the upstream, and makes it again', async () => {
    const id = await world.stored(FILM);
    const { contentKey } = await world.copyOf(id);
    await rm(join(world.folder, contentKey?.slice(0, 2) ?? ''), { recursive: true });
    expect(await open(id)).toBeNull();
    await expect.poll(() => world.statusOf(id)).toBe('stored');
    expect((await read(await open(id)))?.body).toBe(FILM);
  });

  it('asks the upstream while the sink fails, and keeps the copy', async () => {
    const id = await world.stored(FILM);
    world.sink.broken.add('stat');
    expect(await open(id)).toBeNull();
    world.sink.broken.clear();
    expect((await read(await open(id)))?.status).toBe(200);
    expect(world.upstream.asked).toEqual([id]);
  });
});
