import { createHash } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { GenerationError } from '../../generations/generation.errors.js';
import { CopiesWorld } from '../testing/copies-world.js';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('Copier', () => {
  let world: CopiesWorld;
  beforeEach(async () => {
    world = await CopiesWorld.create();
  });
  afterEach(() => world.end());

  it('stores the file and where it is', async () => {
    const id = await world.completed('a film');
    expect(await world.attempt(id)).toBe('stored');
    const sha256 = hashOf('a film');
    expect(await world.copyOf(id)).toMatchObject({
      status: 'stored',
      sink: 'disk',
      contentKey: sha256,
      sha256,
      bytes: 6,
      contentType: 'video/mp4',
      storedAt: world.clock.now(),
      lastError: null,
    });
    expect(await world.files()).toEqual([sha256]);
  });

  it('writes down where the file will be before it is there, where the sink can tell', async () => {
    world.settings.sink = 'named';
    const id = await world.completed('a film');
    const place = { sink: 'named', contentKey: `named/${id}/0` };
    world.named.onWritten = async () => {
      expect(await world.copyOf(id)).toMatchObject({ ...place, status: 'pending' });
    };
    expect(await world.attempt(id)).toBe('stored');
    expect(await world.copyOf(id)).toMatchObject({ ...place, status: 'stored', bytes: 6 });
  });

  it('takes away what an earlier attempt left in another sink', async () => {
    world.settings.sink = 'named';
    const id = await world.completed('a film');
    world.named.onWritten = () => Promise.reject(new Error('killed'));
    expect(await world.attempt(id)).toBe('failed');
    expect(world.named.contents.size).toBe(1);
    world.settings.sink = 'disk';
    expect(await world.attempt(id)).toBe('stored');
    expect([world.named.contents.size, (await world.copyOf(id)).sink]).toEqual([0, 'disk']);
  });

  it('writes nothing for a generation that was deleted before the first byte', async () => {
    world.settings.sink = 'named';
    const id = await world.completed('a film');
    const copy = await world.copyOf(id);
    await world.pool.transaction((manager) => world.recorder.removed(manager, [id]));
    expect(await world.copier.attempt(copy, new AbortController().signal)).toBe('unwanted');
    expect(world.named.contents.size).toBe(0);
  });

  it('waits for the next attempt when the upstream fails, and leaves no file', async () => {
    const id = await world.completed(GenerationError.of('upstream_busy', 'busy'));
    expect(await world.attempt(id)).toBe('failed');
    expect(await world.copyOf(id)).toMatchObject({
      status: 'pending',
      attempts: 1,
      lastError: 'busy',
      pauseMs: 5_000,
      nextAttemptAt: world.clock.now() + 5_000,
    });
    expect(await world.files()).toEqual([]);
  });

  it('gives up after the last attempt', async () => {
    world.settings.maxAttempts = 2;
    const id = await world.completed(new Error('broken'));
    expect([await world.attempt(id), await world.attempt(id)]).toEqual(['failed', 'dead']);
    expect(await world.copyOf(id)).toMatchObject({ status: 'dead', attempts: 2, lastError: 'broken' });
  });

  it('gives up a file that is larger than the quota', async () => {
    world.settings.quotaBytes = 5;
    const id = await world.completed('a film');
    expect(await world.attempt(id)).toBe('dead');
    expect((await world.copyOf(id)).lastError).toContain(
      'larger than the quota (assets.quotaBytes) of 5 bytes',
    );
    expect(await world.files()).toEqual([]);
  });

  it('does not take a page for a video', async () => {
    world.upstream.contentType = 'text/html';
    const id = await world.completed('<h1>Sorry</h1>');
    expect(await world.attempt(id)).toBe('failed');
    expect((await world.copyOf(id)).lastError).toContain('sent text/html');
  });

  it('does not take a file of another length than the generation tells', async () => {
    const id = await world.completed('a film');
    const told = Object.assign(await world.copyOf(id), { bytes: 7 });
    expect(await world.copier.attempt(told, new AbortController().signal)).toBe('failed');
    expect((await world.copyOf(id)).lastError).toBe('The file has 6 bytes; the upstream told 7 before.');
    expect(await world.files()).toEqual([]);
  });

  it('says which sinks there are when that of the setting is not', async () => {
    world.settings.sink = 'tape';
    const id = await world.completed();
    expect(await world.attempt(id)).toBe('failed');
    expect((await world.copyOf(id)).lastError).toBe(
      'There is no sink "tape". Known: disk, named. Mend the setting assets.sink.',
    );
    expect(world.upstream.asked).toEqual([]);
  });

  it.each(['write', 'stat'] as const)('tries later when the sink does not %s', async (deed) => {
    const id = await world.completed();
    world.sink.broken.add(deed);
    expect(await world.attempt(id)).toBe('failed');
    expect(await world.copyOf(id)).toMatchObject({ status: 'pending', attempts: 1 });
    world.sink.broken.clear();
    expect(await world.attempt(id)).toBe('stored');
  });

  it('counts an attempt whose content is deleted before it is tied to the copy', async () => {
    const id = await world.completed();
    world.sink.onWritten = ({ key }) => world.sink.delete(key);
    expect(await world.attempt(id)).toBe('failed');
    expect(await world.copyOf(id)).toMatchObject({
      status: 'pending',
      contentKey: null,
      lastError: 'The sink "disk" does not have what it has just taken.',
    });
  });

  it('drops what it stored when the generation is deleted meanwhile', async () => {
    const id = await world.completed();
    world.sink.onWritten = () => world.remove(id);
    expect(await world.attempt(id)).toBe('unwanted');
    expect(await world.files()).toEqual([]);
    expect(await world.statusOf(id)).toBe('unwanted');
  });

  it('asks nobody for a generation that is gone', async () => {
    const id = await world.completed();
    world.generations.clear();
    expect(await world.attempt(id)).toBe('unwanted');
    expect([world.upstream.asked, await world.statusOf(id)]).toEqual([[], 'unwanted']);
  });

  it('counts for nothing when it is stopped', async () => {
    const id = await world.completed();
    const stop = new AbortController();
    const go = world.upstream.hold(id);
    const attempt = world.copier.attempt(await world.copyOf(id), stop.signal);
    stop.abort(new Error('enough'));
    go();
    expect(await attempt).toBe('stopped');
    expect(await world.copyOf(id)).toMatchObject({ status: 'pending', attempts: 0, lastError: null });
  });
});
