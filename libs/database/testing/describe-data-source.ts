import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { CommonDatabaseOptions } from '../src/database.options.js';
import { describeQueryRunners } from './data-source/describe-query-runners.js';
import { describeRelations } from './data-source/describe-relations.js';
import { describeRows } from './data-source/describe-rows.js';
import { describeStreams } from './data-source/describe-streams.js';
import { describeTransactions } from './data-source/describe-transactions.js';
import { describeTypes } from './data-source/describe-types.js';
import {
  Broken1700000000003,
  CreateShelf1700000000001,
  WidenShelf1700000000002,
} from './data-source/shelf.migrations.js';
import { Author, LIBRARY } from './library.entities.js';

const NO_TABLE = /no such table|does not exist/;

/** Makes an initialized data source on an empty database, with these options on top of its own. */
export type MakeDataSource = (options: CommonDatabaseOptions) => Promise<DataSource>;

/** What every data source of ours must do, whichever database it is for. */
export function describeDataSource(name: string, make: MakeDataSource): void {
  describe(`${name} as data source`, () => {
    let source: DataSource;

    beforeEach(async () => {
      source = await make({ entities: LIBRARY, synchronize: true });
    });

    afterEach(async () => {
      if (source.isInitialized) await source.destroy();
    });

    for (const part of [
      ...[
        describeRows,
        describeRelations,
        describeTypes,
        describeStreams,
        describeTransactions,
        describeQueryRunners,
      ],
    ]) {
      part(() => source);
    }

    describe('migrations', () => {
      it('run up once, and down, keeping rows that refer to a recreated table', async () => {
        await source.destroy();
        source = await make({ migrations: [CreateShelf1700000000001, WidenShelf1700000000002] });
        await source.query(`INSERT INTO shelf (id, label) VALUES (1, 'top')`);
        await source.query('INSERT INTO place (id, "shelfId") VALUES (7, 1)');
        expect(await source.showMigrations()).toBe(false);
        expect(await source.runMigrations()).toEqual([]);
        await source.undoLastMigration();
        expect(await source.query('SELECT * FROM shelf')).toEqual([{ id: 1 }]);
        expect(await source.query('SELECT * FROM place')).toEqual([{ id: 7, shelfId: 1 }]);
        await source.undoLastMigration();
        await expect(source.query('SELECT * FROM shelf')).rejects.toThrow(NO_TABLE);
      });

      it('that fail change nothing', async () => {
        await source.destroy();
        await expect(make({ migrations: [CreateShelf1700000000001, Broken1700000000003] })).rejects.toThrow(
          'broken',
        );
        source = await make({ migrations: [Broken1700000000003], migrationsRun: false });
        await expect(source.runMigrations()).rejects.toThrow('broken');
        await expect(source.query('SELECT * FROM half')).rejects.toThrow(NO_TABLE);
      });
    });

    it('drops and builds its schema', async () => {
      await source.manager.save(Author, { name: 'Ada' });
      await source.synchronize(true);
      expect(await source.getRepository(Author).count()).toBe(0);
    });

    it('can be used again after it was closed and initialized', async () => {
      await source.destroy();
      await expect(source.query('SELECT 1')).rejects.toMatchObject({ code: 'database_closed' });
      await source.initialize();
      expect(await source.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });
  });
}
