import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

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

  it('joins a look that runs, and does nothing after the end of the process', async () => {
    const first = world.tidier.tidy();
    expect(world.tidier.tidy()).toBe(first);
    await first;
    await stray('stray');
    await world.tidier.beforeApplicationShutdown();
    await world.tidier.tidy();
    expect(await world.files()).toHaveLength(1);
  });
});
