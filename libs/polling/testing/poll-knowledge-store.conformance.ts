import type { PollKnowledgeStore, StoredKnowledge } from 'penstock/polling';
import { beforeEach, describe, expect, it } from 'vitest';

const entry = (key: string, updatedAt: number, state = '{}'): StoredKnowledge => ({ key, state, updatedAt });

/** What every {@link PollKnowledgeStore} must do. `create` gives an empty one. */
export function describePollKnowledgeStore(
  name: string,
  create: () => PollKnowledgeStore | Promise<PollKnowledgeStore>,
): void {
  describe(`${name} is a PollKnowledgeStore`, () => {
    let store: PollKnowledgeStore;
    beforeEach(async () => {
      store = await create();
    });

    it('is empty at first, and stays so when nothing is saved', async () => {
      await store.save('predictive', [], []);
      expect(await store.load('predictive')).toEqual([]);
    });

    it('gives back what was saved, the longest unchanged first', async () => {
      const late = entry('["video"]', 1_800_000_000_000, '{"v":1,"text":"ö \\"x\\""}');
      const early = entry('k'.repeat(512), 5);
      await store.save('predictive', [late, early], []);
      expect(await store.load('predictive')).toEqual([early, late]);
    });

    it('replaces and removes, also what is not there', async () => {
      await store.save('predictive', [entry('a', 1), entry('b', 2), entry('c', 3)], []);
      await store.save('predictive', [entry('a', 4, '[2]')], ['b', 'unknown']);
      expect(await store.load('predictive')).toEqual([entry('c', 3), entry('a', 4, '[2]')]);
    });

    it('keeps strategies apart', async () => {
      await store.save('one', [entry('a', 1)], []);
      await store.save('two', [entry('a', 2)], ['a']);
      expect(await store.load('one')).toEqual([entry('a', 1)]);
    });

    it('takes many at once', async () => {
      const many = Array.from({ length: 700 }, (_, index) =>
        entry(`key ${String(index)}`, index, 'x'.repeat(2_000)),
      );
      await store.save(
        'predictive',
        many,
        many.slice(0, 100).map(({ key }) => `${key} of old`),
      );
      expect(await store.load('predictive')).toEqual(many);
    });
  });
}
