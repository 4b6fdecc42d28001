import { Brackets, type DataSource } from 'typeorm';
import { beforeEach, describe, expect, it } from 'vitest';

import { Club, Member, Visit } from './club.entities.js';

/** The part of the suite about query builders and find options. */
export function describeQueries(source: () => DataSource): void {
  describe('queries', () => {
    beforeEach(async () => {
      const clubs = await source()
        .getRepository(Club)
        .save(['Chess', 'Go'].map((name) => ({ name })));
      await source()
        .getRepository(Member)
        .save(
          Array.from({ length: 10 }, (_, index) => ({
            name: `m${index}`,
            visits: Array.from({ length: index % 4 }, (__, day) => ({ day, club: clubs[index % 2] ?? null })),
          })),
        );
    });

    const members = () => source().getRepository(Member).createQueryBuilder('m');

    it('join, filter, group and aggregate', async () => {
      const rows = await members()
        .innerJoin('m.visits', 'v')
        .innerJoin('v.club', 'c')
        .select('c.name', 'club')
        .addSelect('COUNT(v.id)', 'visits')
        .where(new Brackets((either) => either.where('m.name = :a').orWhere('m.name IN (:...rest)')), {
          a: 'm1',
          rest: ['m2', 'm3', 'm5'],
        })
        .groupBy('c.name')
        .having('COUNT(v.id) > 1')
        .orderBy('c.name')
        .getRawMany<{ club: string; visits: number | string }>();
      expect(rows.map(({ club, visits }) => [club, Number(visits)])).toEqual([
        ['Chess', 2],
        ['Go', 5],
      ]);
    });

    it('page through entities, not through joined rows', async () => {
      const pages: string[][] = [];
      for (let page = 0; page < 4; page += 1) {
        const [found, total] = await members()
          .leftJoinAndSelect('m.visits', 'v')
          .orderBy('m.id')
          .skip(page * 3)
          .take(3)
          .getManyAndCount();
        expect(total).toBe(10);
        for (const { name, visits } of found) expect(visits).toHaveLength(Number(name.slice(1)) % 4);
        pages.push(found.map(({ name }) => name));
      }
      expect(pages.flat()).toEqual(Array.from({ length: 10 }, (_, index) => `m${index}`));
      const [all] = await source()
        .getRepository(Member)
        .findAndCount({ relations: { visits: true }, order: { id: 'DESC' }, skip: 8, take: 5 });
      expect(all.map(({ name }) => name)).toEqual(['m1', 'm0']);
    });

    it('use subqueries in conditions, sources and selections', async () => {
      const busy = await members()
        .where((qb) => {
          const days = qb.subQuery().select('v.memberId').from(Visit, 'v').where('v.day = :day').getQuery();
          return `m.id IN ${days}`;
        })
        .setParameter('day', 2)
        .orderBy('m.id')
        .getMany();
      expect(busy.map(({ name }) => name)).toEqual(['m3', 'm7']);
      const most = await source()
        .createQueryBuilder()
        .select('MAX(s.n)', 'most')
        .from((qb) => qb.select('COUNT(*)', 'n').from(Visit, 'v').groupBy('v.memberId'), 's')
        .getRawOne<{ most: number | string }>();
      expect(Number(most?.most)).toBe(3);
    });

    it('use common table expressions, recursive ones too', async () => {
      const rows = await source()
        .createQueryBuilder()
        .addCommonTableExpression('SELECT 1 UNION ALL SELECT n + 1 FROM days WHERE n < 4', 'days', {
          recursive: true,
          columnNames: ['n'],
        })
        .select('d.n', 'n')
        .from('days', 'd')
        .orderBy('d.n')
        .getRawMany<{ n: number }>();
      expect(rows.map(({ n }) => n)).toEqual([1, 2, 3, 4]);
    });

    it('map counts and single rows, exist and not', async () => {
      expect(await source().getRepository(Member).existsBy({ name: 'm3' })).toBe(true);
      expect(await source().getRepository(Member).existsBy({ name: 'nobody' })).toBe(false);
      expect(await source().getRepository(Visit).sum('day', { day: 2 })).toBe(4);
      await expect(members().where('m.name = :name', { name: 'nobody' }).getOneOrFail()).rejects.toThrow(
        'Could not find',
      );
    });
  });
}
