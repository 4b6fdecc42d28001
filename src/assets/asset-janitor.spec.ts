import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { CopiesWorld } from './testing/copies-world.js';

const DAY = 24 * 60 * 60_000;

describe('AssetJanitor', () => {
  let world: CopiesWorld;
  beforeEach(async () => {
    world = await CopiesWorld.create();
  });
  afterEach(() => world.end());

  const statuses = (ids: readonly string[]) => Promise.all(ids.map((id) => world.statusOf(id)));
  const keyOf = async (id: string): Promise<string> => (await world.copyOf(id)).contentKey ?? '';

  it('takes away what is older than it is kept, to the millisecond', async () => {
    world.settings.keepDays = 2;
    const old = await world.stored('old');
    world.clock.jump(1);
    const young = await world.stored('young');
    const key = await keyOf(young);
    world.clock.jump(2 * DAY - 1);
    await world.janitor.sweep();
    expect(await statuses([old, young])).toEqual(['stored', 'stored']);
    world.clock.jump(1);
    await world.janitor.sweep();
    expect(await statuses([old, young])).toEqual(['evicted', 'stored']);
    expect(await world.files()).toEqual([key]);
    expect(await world.copyOf(old)).toMatchObject({ sink: null, contentKey: null });
  });

  it('keeps a content that a younger generation has, and gives the older one up', async () => {
    world.settings.keepDays = 1;
    const old = await world.stored('the same');
    world.clock.jump(DAY);
    const young = await world.stored('the same');
    world.clock.jump(1);
    await world.janitor.sweep();
    expect(await statuses([old, young])).toEqual(['evicted', 'stored']);
    expect(await world.files()).toEqual([await keyOf(young)]);
  });

  it('keeps everything while no age is set, and takes nothing early when the clock is set back', async () => {
    world.settings.keepDays = 0;
    const id = await world.stored();
    world.clock.jump(1_000 * DAY);
    await world.janitor.sweep();
    world.settings.keepDays = 1;
    world.clock.jump(-2_000 * DAY);
    await world.janitor.sweep();
    expect(await statuses([id])).toEqual(['stored']);
  });

  it('takes away what was stored first until the rest fits the quota', async () => {
    const ids: string[] = [];
    for (const film of ['aaaa', 'bbbb', 'cccc', 'dddd']) {
      ids.push(await world.stored(film));
      world.clock.jump(1);
    }
    world.settings.quotaBytes = 9;
    await world.janitor.sweep();
    expect(await statuses(ids)).toEqual(['evicted', 'evicted', 'stored', 'stored']);
    expect(await world.files()).toHaveLength(2);
    world.settings.quotaBytes = 0;
    await world.janitor.sweep();
    expect(await world.files()).toHaveLength(2);
  });

  it('counts a content once against the quota, and takes it from all who have it', async () => {
    const shared = [await world.stored('aaaa'), await world.stored('aaaa')];
    world.clock.jump(1);
    const other = await world.stored('bbbb');
    world.settings.quotaBytes = 8;
    await world.janitor.sweep();
    expect(await statuses([...shared, other])).toEqual(['stored', 'stored', 'stored']);
    world.settings.quotaBytes = 7;
    await world.janitor.sweep();
    expect(await statuses([...shared, other])).toEqual(['evicted', 'evicted', 'stored']);
    expect(await world.files()).toEqual([await keyOf(other)]);
  });

  it('forgets the copies of deleted generations with their contents, also those that were never stored', async () => {
    const ids = [await world.stored('one'), await world.completed('two')];
    for (const id of ids) await world.remove(id);
    await world.janitor.sweep();
    expect([await statuses(ids), await world.files()]).toEqual([[undefined, undefined], []]);
  });

  it('leaves alone what is being written, and takes it away when that has ended', async () => {
    world.settings.sink = 'named';
    const id = await world.completed();
    world.named.onWritten = async () => {
      await world.remove(id);
      await world.janitor.sweep();
      expect([await world.statusOf(id), world.named.contents.size]).toEqual(['unwanted', 1]);
    };
    expect(await world.attempt(id)).toBe('unwanted');
    await world.janitor.sweep();
    expect([await world.statusOf(id), world.named.contents.size]).toEqual([undefined, 0]);
  });

  it('finds what a process that was killed had stored under a name, when its generation is deleted', async () => {
    world.settings.sink = 'named';
    const id = await world.completed();
    world.named.onWritten = () => Promise.reject(new Error('killed'));
    await world.attempt(id);
    expect([await world.statusOf(id), world.named.contents.size]).toEqual(['pending', 1]);
    await world.remove(id);
    await world.janitor.sweep();
    expect([await world.statusOf(id), world.named.contents.size]).toEqual([undefined, 0]);
  });

  it('goes on where it failed when the sink deletes again', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 101; n += 1) ids.push(await world.stored(`film ${String(n)}`));
    for (const id of ids) await world.remove(id);
    world.sink.broken.add('delete');
    await world.janitor.sweep();
    expect(await statuses(ids)).toEqual(ids.map(() => 'unwanted'));
    world.sink.broken.clear();
    await world.janitor.sweep();
    expect([await statuses(ids), await world.files()]).toEqual([ids.map(() => undefined), []]);
  });

  it('does not let one sink that fails hold up the others', async () => {
    const broken = await world.stored('in the sink that fails');
    const elsewhere = await world.stored('elsewhere');
    await world.store.lose(await world.copyOf(elsewhere), 0);
    await world.remove(broken);
    await world.remove(elsewhere);
    world.sink.broken.add('delete');
    await world.janitor.sweep();
    expect(await statuses([broken, elsewhere])).toEqual(['unwanted', undefined]);
  });

  it('does not let one sink that hangs hold up the others, nor the copies in them', async () => {
    const hung = await world.stored('in the sink that hangs');
    world.settings.sink = 'named';
    const elsewhere = await world.stored('elsewhere');
    for (const id of [hung, elsewhere]) await world.remove(id);
    let answer = (): void => undefined;
    world.sink.hanging = new Promise((resolve) => (answer = resolve));
    const sweeping = world.janitor.sweep();
    await vi.waitUntil(() => world.clock.pendingTimers > 0);
    const another = await world.stored('another');
    await world.clock.advance(30_000);
    await sweeping;
    expect(await statuses([hung, elsewhere, another])).toEqual(['unwanted', undefined, 'stored']);
    answer();
    await world.janitor.sweep();
    expect([await statuses([hung]), await world.files()]).toEqual([[undefined], []]);
  });

  it('joins a clean-up that runs', async () => {
    const first = world.janitor.sweep();
    expect(world.janitor.sweep()).toBe(first);
    await first;
    expect(world.janitor.sweep()).not.toBe(first);
  });

  it('does nothing after the end of the process', async () => {
    const id = await world.stored();
    await world.remove(id);
    await world.janitor.beforeApplicationShutdown();
    await world.janitor.sweep();
    expect(await world.files()).toHaveLength(1);
  });
});
