import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Counter, describePostgres, LIBRARY, PostgresDatabase } from '../../testing/index.js';
import { CuttableLink } from '../../testing/cuttable-link.js';
import { DatabasePool } from '../database-pool.js';
import { PooledPostgresDataSource } from './pooled-postgres-data-source.js';

describePostgres('a connection that is lost', (serverUrl) => {
  let database: PostgresDatabase;
  let link: CuttableLink;
  let source: PooledPostgresDataSource;
  let pool: DatabasePool;

  beforeEach(async () => {
    database = await PostgresDatabase.create(serverUrl);
    link = await CuttableLink.to(database.url);
    source = new PooledPostgresDataSource({ url: link.url, entities: LIBRARY, synchronize: true });
    pool = new DatabasePool(await source.initialize());
  });

  afterEach(async () => {
    if (source.isInitialized) await source.destroy();
    await link.close();
    await database.remove();
  });

  const add = (id: string): Promise<unknown> =>
    pool.transaction((manager) => manager.insert(Counter, { id, value: 0 }), { grouped: true });
  const ids = async (): Promise<string[]> => {
    const rows = await database.query<{ id: string }>('SELECT id FROM counter ORDER BY id');
    return rows.map(({ id }) => id);
  };

  it('while idle is replaced before its next use', async () => {
    await database.disconnectAll();
    await expect.poll(() => allLost(database)).toBe(true);
    await add('a');
    expect(await Promise.all(Array.from({ length: 6 }, () => source.getRepository(Counter).count()))).toEqual(
      Array.from({ length: 6 }, () => 1),
    );
    expect(pool.stats()).toMatchObject({ readers: { active: 0 }, writer: { active: 0 } });
  });

  it('in a transaction undoes it, and the next one works', async () => {
    const work = pool.transaction(async (manager) => {
      await manager.insert(Counter, { id: 'undone', value: 0 });
      await database.disconnectAll();
      await manager.insert(Counter, { id: 'never', value: 0 });
    });
    await expect(work).rejects.toMatchObject({ code: 'database_unavailable', category: 'unavailable' });
    await add('next');
    expect(await ids()).toEqual(['next']);
  });

  describe('during a commit', () => {
    it('whose answer did not arrive counts as what happened: it was committed', async () => {
      link.cutAtCommit('before its answer arrives');
      await add('there');
      expect(await ids()).toEqual(['there']);
    });

    it('that did not arrive counts as what happened: it was undone', async () => {
      link.cutAtCommit('before the commit arrives');
      await expect(add('undone')).rejects.toMatchObject({ code: 'database_unavailable' });
      expect(await ids()).toEqual([]);
      await add('next');
    });

    it('stays unknown when the data source is closed before the server is back', async () => {
      link.cutAtCommit('before its answer arrives', true);
      const commit = add('unknown').catch((error: unknown) => error);
      await expect.poll(ids).toEqual(['unknown']);
      await expect
        .poll(() => add('refused').catch((error: unknown) => String(error)))
        .toContain('whose outcome is being looked up');
      await source.destroy();
      expect(await commit).toMatchObject({ code: 'commit_unknown', category: 'unavailable' });
    });
  });

  it('is told without the password', async () => {
    await link.close();
    const error: unknown = await source.query('SELECT 1').catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'database_unavailable' });
    const { password } = new URL(database.url);
    expect(JSON.stringify(error) + String(error)).not.toContain(password);
    link = await CuttableLink.to(database.url);
  });
});

async function allLost(database: PostgresDatabase): Promise<boolean> {
  const others = await database.query(
    'SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  return others.length === 0;
}
