import { access } from 'node:fs/promises';

import {
  Column,
  Entity,
  ManyToOne,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  Unique,
  type Relation,
} from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { TemporaryFolder } from '../../testing/index.js';
import { DatabasePool } from '../database-pool.js';
import type { DatabaseOptions } from '../database.options.js';
import { PooledSqliteDataSource } from './pooled-sqlite-data-source.js';

@Entity()
class Shop {
  @PrimaryColumn('varchar')
  id!: string;
}

@Entity({ database: 'archive' })
@Unique(['text'])
class Receipt {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('varchar')
  text!: string;

  @ManyToOne(() => Shop, { createForeignKeyConstraints: false })
  shop!: Relation<Shop> | null;
}

@Entity({ database: 'archive' })
class Stray {
  @PrimaryGeneratedColumn()
  id!: number;

  @ManyToOne(() => Shop)
  shop!: Relation<Shop> | null;
}

/** Of the same name as the one in the main database. */
@Entity({ name: 'shop', database: 'archive' })
class ClosedShop {
  @PrimaryColumn('integer')
  number!: number;
}

describe('attached databases', () => {
  const folder = new TemporaryFolder();
  let path: string;
  let archive: string;
  let source: PooledSqliteDataSource;

  const open = (options: Partial<DatabaseOptions> = {}): Promise<PooledSqliteDataSource> =>
    new PooledSqliteDataSource({
      path,
      attach: { archive },
      entities: [Shop, Receipt, ClosedShop],
      synchronize: true,
      ...options,
    }).initialize();

  beforeEach(async () => {
    path = await folder.file();
    archive = await folder.file('made/archive.db');
    source = await open();
  });

  afterEach(async () => {
    if (source.isInitialized) await source.destroy();
    await folder.remove();
  });

  it('hold the entities that name them, each in its own file', async () => {
    await source.getRepository(Shop).save({ id: 'north' });
    await source.getRepository(Receipt).save({ text: 'one' });
    await source.destroy();
    const alone = await new PooledSqliteDataSource({ path: archive, migrationsRun: false }).initialize();
    expect(await alone.query('SELECT text FROM receipt')).toEqual([{ text: 'one' }]);
    expect(await alone.query("SELECT name FROM sqlite_master WHERE name = 'migrations'")).toEqual([]);
    await alone.destroy();
    source = await open({ synchronize: false });
    expect(await source.getRepository(Receipt).countBy({ text: 'one' })).toBe(1);
    expect(await source.getRepository(Shop).find()).toEqual([{ id: 'north' }]);
  });

  it('are read by every reader at once, with joins to the main one', async () => {
    const shop = await source.getRepository(Shop).save({ id: 'north' });
    await source.getRepository(Receipt).save([1, 2].map((n) => ({ text: `r${n}`, shop })));
    const reads = Array.from({ length: 12 }, () =>
      source.getRepository(Receipt).find({ relations: { shop: true }, order: { id: 'ASC' }, take: 1 }),
    );
    for (const found of await Promise.all(reads)) expect(found).toEqual([{ id: 1, text: 'r1', shop }]);
    expect(source.stats().readers).toMatchObject({ size: 5, active: 0 });
  });

  it('are read-only for readers', async () => {
    const write = new DatabasePool(source).read((manager) =>
      manager.query("INSERT INTO archive.receipt (text) VALUES ('x')"),
    );
    await expect(write).rejects.toMatchObject({ driverError: { code: 'SQLITE_READONLY' } });
  });

  it('are part of transactions, and undone with them', async () => {
    const work = source.transaction(async (manager) => {
      await manager.save(Shop, { id: 'north' });
      await manager.save(Receipt, { text: 'one' });
      throw new Error('undone');
    });
    await expect(work).rejects.toThrow('undone');
    expect(await source.getRepository(Shop).count()).toBe(0);
    expect(await source.getRepository(Receipt).count()).toBe(0);
  });

  it('have a log of their own, and the level of a durable transaction', async () => {
    const levels = (): Promise<unknown> =>
      Promise.all(
        ['main', 'archive'].map(async (name) => [
          await source.query<object[]>(`PRAGMA ${name}.synchronous`),
          await source.query<object[]>(`PRAGMA ${name}.journal_mode`),
        ]),
      );
    const expected = (synchronous: number): unknown =>
      [1, 2].map(() => [[{ synchronous }], [{ journal_mode: 'wal' }]]);
    expect(await levels()).toEqual(expected(1));
    expect(await new DatabasePool(source).transaction(levels, { durable: true })).toEqual(expected(2));
    expect(await levels()).toEqual(expected(1));
    await source.destroy();
    await expect(access(`${archive}-wal`)).rejects.toThrow('ENOENT');
  });

  it('keep their schema up to date, apart from a table of the same name', async () => {
    const pending = await source.driver.createSchemaBuilder().log();
    expect(pending.upQueries.map(({ query }) => query)).toEqual([]);
    const runner = source.createQueryRunner();
    expect(await runner.hasTable('archive.receipt')).toBe(true);
    expect(await runner.hasTable('receipt')).toBe(false);
    expect(await runner.hasColumn('archive.shop', 'number')).toBe(true);
    expect(await runner.hasColumn('shop', 'number')).toBe(false);
    await runner.release();
    await expect(source.getRepository(Receipt).insert([{ text: 'a' }, { text: 'a' }])).rejects.toThrow(
      'UNIQUE',
    );
    await source.synchronize(true);
    expect(await source.getRepository(ClosedShop).count()).toBe(0);
  });

  it('may be in memory beside a database in memory', async () => {
    await source.destroy();
    source = await open({ path: ':memory:', attach: { archive: ':memory:' } });
    await source.getRepository(Receipt).save({ text: 'one' });
    expect(await source.getRepository(Receipt).count()).toBe(1);
  });

  it('must be named where an entity names one', async () => {
    await source.destroy();
    await expect(open({ attach: { other: archive } })).rejects.toThrow(
      'Table "receipt" is in a database "archive", which is none of those attached (other). Add it to the option attach.',
    );
  });

  it('have no foreign keys into another one', async () => {
    await source.destroy();
    await expect(open({ entities: [Shop, Stray] })).rejects.toThrow(
      'Relation Stray.shop refers to Shop in another database, where SQLite has no foreign keys. ' +
        'Set createForeignKeyConstraints: false on it.',
    );
  });
});
