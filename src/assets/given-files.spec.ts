import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CopiesWorld } from './testing/copies-world.js';

const file = (content: string) => ({ contentType: 'image/png', bytes: Buffer.from(content) });

describe('GivenFiles', () => {
  let world: CopiesWorld;
  beforeEach(async () => {
    world = await CopiesWorld.create();
    world.settings.keep = false;
  });
  afterEach(() => world.end());

  it('stores a file though copies are not wanted, and it is handed over from there', async () => {
    const content = 'x'.repeat(700_000);
    const generation = world.aGeneration();
    await world.given.keep(generation.id, 0, file(content));
    const request = { range: null, ifRange: null, signal: new AbortController().signal };
    const download = await world.shelf.open(generation, 0, request);
    expect([download?.contentType, download === null ? '' : await text(download.body)]).toEqual([
      'image/png',
      content,
    ]);
  });

  it('may store it twice, and the completion that wants copies leaves it as it is', async () => {
    const generation = world.aGeneration();
    await world.given.keep(generation.id, 0, file('first'));
    await world.given.keep(generation.id, 0, file('second'));
    world.settings.keep = true;
    await world.pool.transaction((manager) => world.recorder.record(manager, generation));
    expect(await world.copyOf(generation.id)).toMatchObject({ status: 'stored', bytes: 6 });
    expect(await world.store.due(world.clock.now(), 10)).toEqual([]);
  });

  it.each(['write', 'stat'] as const)('says so when the sink does not %s', async (deed) => {
    const { id } = world.aGeneration();
    world.sink.broken.add(deed);
    await expect(world.given.keep(id, 0, file('png'))).rejects.toThrow();
    expect(await world.statusOf(id)).toBeUndefined();
  });

  it('says so when a file is deleted before anybody knows of it, or its sink is not there', async () => {
    const { id } = world.aGeneration();
    world.sink.onWritten = ({ key }) => world.sink.delete(key);
    await expect(world.given.keep(id, 0, file('png'))).rejects.toThrow(
      'does not have what it has just taken',
    );
    world.settings.sink = 'tape';
    await expect(world.given.keep(id, 0, file('png'))).rejects.toThrow('There is no sink "tape".');
  });

  it('leaves nothing where it was stored under a name, and the process killed before anybody knew of it', async () => {
    world.settings.sink = 'named';
    const { id } = world.aGeneration();
    world.named.onWritten = () => Promise.reject(new Error('killed'));
    await expect(world.given.keep(id, 0, file('png'))).rejects.toThrow('killed');
    expect([await world.statusOf(id), world.named.contents.size]).toEqual(['unwanted', 1]);
    await world.janitor.sweep();
    expect([await world.statusOf(id), world.named.contents.size]).toEqual([undefined, 0]);
  });

  it('is kept under its name, also while the janitor looks', async () => {
    world.settings.sink = 'named';
    const { id } = world.aGeneration();
    world.named.onWritten = () => world.janitor.sweep();
    await world.given.keep(id, 0, file('png'));
    await world.janitor.sweep();
    expect([await world.statusOf(id), world.named.contents.size]).toEqual(['stored', 1]);
  });

  it('goes with its generation', async () => {
    const { id } = world.aGeneration();
    await world.given.keep(id, 0, file('png'));
    expect(await world.files()).toHaveLength(1);
    await world.remove(id);
    await world.janitor.sweep();
    expect(await world.files()).toEqual([]);
  });
});
