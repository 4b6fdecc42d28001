import { OptimisticLockVersionMismatchError, type DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { Member } from './club.entities.js';

/** The part of the suite about rows that are kept: removed softly, or guarded by a version. */
export function describeLifeCycle(source: () => DataSource): void {
  describe('the life of a row', () => {
    const members = () => source().getRepository(Member);

    it('can end softly, and begin again', async () => {
      const ada = await members().save({ name: 'Ada' });
      await members().softDelete(ada.id);
      expect(await members().findOneBy({ id: ada.id })).toBeNull();
      const gone = await members().findOneOrFail({ where: { id: ada.id }, withDeleted: true });
      expect(gone.leftAt).toBeInstanceOf(Date);
      await members().restore(ada.id);
      expect((await members().findOneByOrFail({ id: ada.id })).leftAt).toBeNull();
      await members().softRemove(await members().findOneByOrFail({ id: ada.id }));
      expect(await members().count()).toBe(0);
      expect(await members().count({ withDeleted: true })).toBe(1);
    });

    it('counts its versions, and is refused to readers of an old one', async () => {
      const { id } = await members().save({ name: 'Ada' });
      const lock = (version: number): Promise<Member | null> =>
        members().findOne({ where: { id }, lock: { mode: 'optimistic', version } });
      expect(await lock(1)).toMatchObject({ name: 'Ada' });
      await members().save({ id, name: 'Ada L.' });
      expect(await lock(2)).toMatchObject({ name: 'Ada L.' });
      await expect(lock(1)).rejects.toBeInstanceOf(OptimisticLockVersionMismatchError);
    });

    it('is guarded against lost updates by a condition on the version', async () => {
      const { id } = await members().save({ name: 'Ada' });
      const rename = async (name: string): Promise<number> => {
        const { version } = await members().findOneByOrFail({ id });
        const { affected } = await members().update({ id, version }, { name });
        return affected ?? 0;
      };
      const won = await Promise.all(['a', 'b', 'c', 'd'].map(rename));
      expect(won.filter((affected) => affected === 1).length).toBeGreaterThanOrEqual(1);
      const { version } = await members().findOneByOrFail({ id });
      expect(version).toBe(1 + won.reduce((sum, affected) => sum + affected, 0));
    });
  });
}
