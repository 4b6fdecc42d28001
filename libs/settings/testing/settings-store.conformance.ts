import type { SettingsStore, SettingsWrite } from 'penstock/settings';
import { beforeEach, describe, expect, it } from 'vitest';

/** What every {@link SettingsStore} keeps to. `make` gives an empty one. */
export function describeSettingsStore(
  name: string,
  make: () => SettingsStore | Promise<SettingsStore>,
): void {
  describe(`${name} as a SettingsStore`, () => {
    let store: SettingsStore;
    beforeEach(async () => {
      store = await make();
    });

    it('has nothing to begin with', async () => {
      expect(await store.loadAll()).toEqual([]);
      expect(await store.history('mail', { limit: 10 })).toEqual([]);
    });

    it('keeps what is written, each section by itself, from version 1 on', async () => {
      const stored = {
        section: 'mail',
        overrides: { to: null },
        version: 1,
        updatedAt: AT,
        updatedBy: 'key_1',
      };
      expect(await store.write(aWrite({ overrides: { to: null } }))).toEqual({ outcome: 'written', stored });
      await store.write(aWrite({ section: 'other', overrides: { deep: { list: [1, 'two'] } } }));
      await store.write(
        aWrite({ section: 'other', expectedVersion: 1, overrides: {}, by: 'key_2', at: AT + 5 }),
      );
      expect([...(await store.loadAll())].sort((a, b) => (a.section < b.section ? -1 : 1))).toEqual([
        stored,
        { section: 'other', overrides: {}, version: 2, updatedAt: AT + 5, updatedBy: 'key_2' },
      ]);
    });

    it('refuses a write that expects another version, says which there is, and changes nothing', async () => {
      expect(await store.write(aWrite({ expectedVersion: 1 }))).toEqual({
        outcome: 'conflict',
        currentVersion: 0,
      });
      await store.write(aWrite({ overrides: { kept: true } }));
      for (const expectedVersion of [0, 2]) {
        const result = await store.write(aWrite({ expectedVersion, overrides: { lost: true } }));
        expect(result).toEqual({ outcome: 'conflict', currentVersion: 1 });
      }
      expect(await store.loadAll()).toMatchObject([{ overrides: { kept: true }, version: 1 }]);
      expect(await store.history('mail', { limit: 10 })).toHaveLength(1);
    });

    it.each([0, 1])('carries out one of writes at once that expect version %i', async (expectedVersion) => {
      if (expectedVersion === 1) await store.write(aWrite({}));
      const writes = Array.from({ length: 8 }, (_, n) => aWrite({ expectedVersion, overrides: { n } }));
      const results = await Promise.all(writes.map((write) => store.write(write)));
      const written = results.flatMap((result, n) => (result.outcome === 'written' ? [n] : []));
      expect(written).toHaveLength(1);
      expect(await store.loadAll()).toMatchObject([
        { overrides: { n: written[0] }, version: expectedVersion + 1 },
      ]);
      expect(await store.history('mail', { limit: 10 })).toHaveLength(expectedVersion + 1);
    });

    it('tells every write of a section, the newest first, with what was set before and after', async () => {
      await store.write(aWrite({ overrides: { n: 1 } }));
      await store.write(aWrite({ section: 'other' }));
      await store.write(aWrite({ expectedVersion: 1, overrides: { n: 2 }, by: 'key_2', at: AT + 1 }));
      expect(await store.history('mail', { limit: 10 })).toEqual([
        { ...of(2), before: { n: 1 }, after: { n: 2 }, changedBy: 'key_2', changedAt: AT + 1 },
        { ...of(1), before: {}, after: { n: 1 }, changedBy: 'key_1', changedAt: AT },
      ]);
    });

    it('tells them page by page', async () => {
      for (let version = 0; version < 5; version += 1)
        await store.write(aWrite({ expectedVersion: version }));
      const page = async (before?: number): Promise<readonly number[]> => {
        const changes = await store.history('mail', { limit: 2, before });
        return changes.map(({ version }) => version);
      };
      expect([await page(), await page(4), await page(2), await page(1)]).toEqual([[5, 4], [3, 2], [1], []]);
    });
  });
}

const AT = 1_764_000_000_123;

const of = (version: number) => ({ section: 'mail', version });

const aWrite = (changes: Partial<SettingsWrite>): SettingsWrite => ({
  section: 'mail',
  expectedVersion: 0,
  overrides: {},
  by: 'key_1',
  at: AT,
  ...changes,
});
