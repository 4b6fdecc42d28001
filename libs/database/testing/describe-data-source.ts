import type { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { CLUB } from './data-source/club.entities.js';
import { describeLifeCycle } from './data-source/describe-life-cycle.js';
import { describeMigrations } from './data-source/describe-migrations.js';
import { describeQueries } from './data-source/describe-queries.js';
import { describeQueryRunners } from './data-source/describe-query-runners.js';
import { describeRelationKinds } from './data-source/describe-relation-kinds.js';
import { describeRelations } from './data-source/describe-relations.js';
import { describeRows } from './data-source/describe-rows.js';
import { describeStatementObserver } from './data-source/describe-statement-observer.js';
import { describeStreams } from './data-source/describe-streams.js';
import { describeTransactions } from './data-source/describe-transactions.js';
import { describeTrees } from './data-source/describe-trees.js';
import { describeTypes } from './data-source/describe-types.js';
import { TREES } from './data-source/tree.entities.js';
import { useDataSource, type MakeDataSource } from './data-source/use-data-source.js';
import { Author, LIBRARY } from './library.entities.js';

/** What every data source of ours must do, whichever database it is for. */
export function describeDataSource(name: string, make: MakeDataSource): void {
  describe(`${name} as data source`, () => {
    describe('with the library', () => {
      const source = useDataSource(make, LIBRARY);
      describeRows(source);
      describeRelations(source);
      describeTypes(source);
      describeStreams(source);
      describeTransactions(source);
      describeQueryRunners(source);
      describeWhole(source);
    });

    describe('with the club', () => {
      const source = useDataSource(make, CLUB);
      describeRelationKinds(source);
      describeQueries(source);
      describeLifeCycle(source);
    });

    describe('with trees', () => {
      describeTrees(useDataSource(make, TREES));
    });

    describeMigrations(make);
    describeStatementObserver(make);
  });
}

function describeWhole(source: () => DataSource): void {
  it('drops and builds its schema', async () => {
    await source().manager.save(Author, { name: 'Ada' });
    await source().synchronize(true);
    expect(await source().getRepository(Author).count()).toBe(0);
  });

  it('can be used again after it was closed and initialized', async () => {
    await source().destroy();
    await expect(source().query('SELECT 1')).rejects.toMatchObject({ code: 'database_closed' });
    await source().initialize();
    expect(await source().query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
}
