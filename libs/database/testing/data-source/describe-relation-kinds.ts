import { QueryFailedError, type DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { Club, Member, Passport, Visit } from './club.entities.js';

/** The part of the suite about each kind of relation. */
export function describeRelationKinds(source: () => DataSource): void {
  describe('relations of each kind', () => {
    const members = () => source().getRepository(Member);

    it('one to one: saved with its owner, loaded from both sides, let go of', async () => {
      const { id } = await members().save({ name: 'Ada', passport: { number: 'A1' } });
      const passport = await source()
        .getRepository(Passport)
        .findOneOrFail({ where: { member: { id } }, relations: { member: true } });
      expect(passport).toMatchObject({ number: 'A1', member: { name: 'Ada' } });
      await source().getRepository(Passport).delete(passport.id);
      expect(await members().findOne({ where: { id }, relations: { passport: true } })).toMatchObject({
        passport: null,
      });
    });

    it('many to many: linked, linked anew and unlinked', async () => {
      const [chess, go] = await source()
        .getRepository(Club)
        .save([{ name: 'Chess' }, { name: 'Go' }]);
      const ada = await members().save({ name: 'Ada', clubs: [chess, { name: 'Bridge' }] } as Member);
      const clubsOf = async (): Promise<string[]> => {
        const { clubs } = await members().findOneOrFail({
          where: { id: ada.id },
          relations: { clubs: true },
          order: { clubs: { name: 'ASC' } },
        });
        return clubs.map(({ name }) => name);
      };
      expect(await clubsOf()).toEqual(['Bridge', 'Chess']);
      await members().save({ id: ada.id, clubs: [chess, go] } as Member);
      expect(await clubsOf()).toEqual(['Chess', 'Go']);
      await source().createQueryBuilder().relation(Member, 'clubs').of(ada.id).remove(chess?.id);
      expect(await clubsOf()).toEqual(['Go']);
      expect(await source().getRepository(Club).count()).toBe(3);
    });

    it('eager ones come without being asked for', async () => {
      const club = await source().getRepository(Club).save({ name: 'Chess' });
      await members().save({ name: 'Ada', visits: [{ day: 1, club }] });
      expect(await source().getRepository(Visit).findOneByOrFail({ day: 1 })).toMatchObject({
        club: { name: 'Chess' },
      });
      const [ada] = await members().find({ relations: { visits: true } });
      expect(ada?.visits[0]?.club).toMatchObject({ name: 'Chess' });
    });

    it('lazy ones are loaded when they are awaited', async () => {
      const host = await members().save(members().create({ name: 'Ada' }));
      const guest = members().create({ name: 'Bob' });
      guest.invitedBy = Promise.resolve(host);
      await members().save(guest);
      const found = await members().findOneByOrFail({ name: 'Bob' });
      const inviter = await found.invitedBy;
      expect(inviter?.name).toBe('Ada');
      expect((await inviter?.invited)?.map(({ name }) => name)).toEqual(['Bob']);
    });

    it('lazy ones inside of a transaction see what it wrote', async () => {
      await source().transaction(async (manager) => {
        const host = await manager.save(manager.create(Member, { name: 'Ada' }));
        const guest = manager.create(Member, { name: 'Bob' });
        guest.invitedBy = Promise.resolve(host);
        await manager.save(guest);
        const found = await manager.findOneByOrFail(Member, { name: 'Bob' });
        expect((await found.invitedBy)?.name).toBe('Ada');
      });
    });

    it('orphans are deleted where that was asked for', async () => {
      const ada = await members().save(members().create({ name: 'Ada', visits: [{ day: 1 }, { day: 2 }] }));
      ada.visits = ada.visits.filter(({ day }) => day === 2);
      await members().save(ada);
      expect((await source().getRepository(Visit).find()).map(({ day }) => day)).toEqual([2]);
    });

    it('what depends on a row goes with it, or keeps it, as the relation says', async () => {
      const club = await source().getRepository(Club).save({ name: 'Chess' });
      const ada = await members().save({ name: 'Ada', visits: [{ day: 1, club }] });
      await expect(source().getRepository(Club).delete(club.id)).rejects.toBeInstanceOf(QueryFailedError);
      await members().delete(ada.id);
      expect(await source().getRepository(Visit).count()).toBe(0);
      await source().getRepository(Club).delete(club.id);
    });
  });
}
