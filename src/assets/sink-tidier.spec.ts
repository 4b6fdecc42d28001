import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { CopiesWorld } from './testing/copies-world.js';

describe('SinkTidier', () => {
  let world: CopiesWorld;
  beforeEach(async () => {
    world = await CopiesWorld.create();
  });
  afterEach(() => world.end());

  /** A content of which nobody tells. */
  async function stray(film: string): Promise<string> {
    const id = await world.stored(film);
    const { contentKey } = await world.copyOf(id);
    await world.source.query(`DELETE FROM asset_copies WHERE generation_id = '${id}'`);
    return contentKey ?? '';
  }

  it('removes what nobody tells of and what was never finished, and nothing that a copy has', async () => {
    const id = await world.stored('known');
    await stray('stray');
    await mkdir(join(world.folder, 'new'), { recursive: true });
    await writeFile(join(world.folder, 'new', 'half'), 'ha');
    expect(await world.files()).toHaveLength(3);
    await world.tidier.tidy();
    expect(await world.files()).toEqual([(await world.copyOf(id)).contentKey]);
    await stray('another');
    await world.tidier.tidy();
    expect(await world.files()).toHaveLength(1);
  });

  it('does so after the start, which does not wait for it', async () => {
    await stray('stray');
    world.tidier.onApplicationBootstrap();
    expect(await world.files()).toHaveLength(1);
    await world.tidier.tidy();
    expect(await world.files()).toEqual([]);
  });

  it('leaves alone what is stored and not yet told of', async () => {
    const id = await world.completed('new');
    world.sink.onWritten = () => world.tidier.tidy();
    expect(await world.attempt(id)).toBe('stored');
    expect(await world.files()).toHaveLength(1);
  });

  it('removes at a later look what it could not tell from a write under way', async () => {
    await stray('stray');
    const [slow, slower] = [await world.completed('slow'), await world.completed('slower')];
    world.sink.onWritten = () => world.tidier.tidy();
    await world.attempt(slow);
    expect(await world.files()).toHaveLength(2);
    // Another write is under way by now, which cannot have brought it.
    await world.attempt(slower);
    expect(await world.files()).toHaveLength(2);
    expect(await world.files()).not.toContain('stray');
  });

  it('goes on with the other sinks, and at the next look, where one fails', async () => {
    await stray('stray');
    world.sink.broken.add('delete');
    await world.tidier.tidy();
    expect(await world.files()).toHaveLength(1);
    world.sink.broken.clear();
    await world.tidier.tidy();
    expect(await world.files()).toEqual([]);
  });

  it('asks the database once for many contents', async () => {
    for (let n = 0; n < 5; n += 1) await world.stored(`film ${String(n)}`);
    await stray('stray');
    const asked = vi.spyOn(world.store, 'heldAmong');
    await world.tidier.tidy();
    expect([asked.mock.calls.length, asked.mock.calls[0]?.[1].length]).toEqual([1, 6]);
    expect(await world.files()).toHaveLength(5);
  });

  it('does not wait for a sink that hangs, neither now nor at the end of the process', async () => {
    await stray('stray');
    world.sink.hanging = new Promise(() => undefined);
    const looking = world.tidier.tidy();
    await vi.waitUntil(() => world.clock.pendingTimers > 0);
    await world.clock.advance(30_000);
    await looking;
    const again = world.tidier.tidy();
    await vi.waitUntil(() => world.clock.pendingTimers > 0);
    const ending = world.tidier.beforeApplicationShutdown();
    await world.clock.advance(10_000);
    await ending;
    await world.clock.advance(20_000);
    await again;
  });

  it('joins a look that runs, and does nothing after the end of the process', async () => {
    const looks = vi.spyOn(world.sink, 'keys');
    await Promise.all([world.tidier.tidy(), world.tidier.tidy()]);
    expect(looks).toHaveBeenCalledOnce();
    await stray('stray');
    await world.tidier.beforeApplicationShutdown();
    await world.tidier.tidy();
    expect(await world.files()).toHaveLength(1);
  });
});
