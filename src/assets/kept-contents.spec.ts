import { buffer } from 'node:stream/consumers';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CopiesWorld } from './testing/copies-world.js';

/** What may happen to a generation, of those that there are. */
type Happening = { readonly deed: 'complete' | 'remove' | 'evict' | 'sweep'; readonly which: number };

describe('KeptContents', () => {
  let world: CopiesWorld;
  beforeEach(async () => {
    world = await CopiesWorld.create();
  });
  afterEach(() => world.end());

  it('does not delete a content that another copy has', async () => {
    const one = await world.stored('the same');
    const other = await world.stored('the same');
    expect(await world.files()).toHaveLength(1);
    const copy = await world.copyOf(one);
    await world.remove(one);
    expect(await world.contents.drop(copy)).toBe('gone');
    expect(await world.files()).toHaveLength(1);
    const last = await world.copyOf(other);
    await world.remove(other);
    expect(await world.contents.drop(last)).toBe('gone');
    expect(await world.files()).toEqual([]);
  });

  it('says that a sink is not there, and passes on why one does not delete', async () => {
    const id = await world.stored();
    const copy = await world.copyOf(id);
    await world.remove(id);
    world.sink.broken.add('delete');
    await expect(world.contents.drop(copy)).rejects.toThrow('EIO: delete');
    world.sink.broken.clear();
    const elsewhere = Object.assign(await world.copyOf(id), { sink: 'tape' });
    expect(await world.contents.drop(elsewhere)).toBe('out-of-reach');
    expect(await world.contents.drop(copy)).toBe('gone');
    expect(await world.files()).toEqual([]);
  });

  it('does not take a content of another size for what was stored', async () => {
    const id = await world.completed();
    const { key, ...stored } = await world.sink.write({
      copyId: 'any',
      contentType: 'video/mp4',
      bytes: null,
      signal: new AbortController().signal,
      content: (async function* () {
        yield await Promise.resolve(Buffer.from('four'));
      })(),
    });
    const kept = { ...stored, key, sink: 'disk', contentType: 'video/mp4' };
    const copy = await world.copyOf(id);
    expect(await world.contents.keep(copy, { ...kept, bytes: 5 })).toBe('missing');
    expect(await world.contents.keep(copy, kept)).toBe('stored');
    expect(await world.contents.keep(copy, kept)).toBe('unwanted');
    expect(await world.files()).toEqual([key]);
  });

  it('keeps the content of every stored copy and no other, whatever happens at once', async () => {
    const happening = fc.record<Happening>({
      deed: fc.constantFrom('complete', 'complete', 'remove', 'evict', 'sweep'),
      which: fc.nat({ max: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(happening, { maxLength: 5 }), { maxLength: 5 }), async (rounds) => {
        const each = await CopiesWorld.create();
        const ids: string[] = [];
        const happen = async ({ deed, which }: Happening): Promise<void> => {
          const id = ids[which % Math.max(1, ids.length)];
          if (deed === 'complete') ids.push(await each.stored(`film ${String(which % 2)}`));
          else if (deed === 'evict') await each.store.evictOldest();
          else if (deed === 'sweep' || id === undefined) await each.janitor.sweep();
          else await each.remove(id);
        };
        for (const round of rounds) await Promise.all(round.map(happen));
        await each.janitor.sweep();
        const held = new Set<string>();
        for (const id of ids) {
          const copy = await each.store.find({ generationId: id, position: 0 });
          if (copy?.status === 'stored') held.add(copy.contentKey ?? '');
        }
        expect(await each.files()).toEqual([...held].sort());
        for (const key of held) {
          const body = await each.sink.open(key);
          expect(body === null ? null : String(await buffer(body))).toMatch(/^film [01]$/);
        }
        await each.end();
      }),
      { numRuns: 25 },
    );
  });
});
