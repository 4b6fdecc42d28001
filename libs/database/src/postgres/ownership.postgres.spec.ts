import { afterEach, beforeEach, expect, it } from 'vitest';

import { Counter, describePostgres, LIBRARY, PostgresDatabase } from '../../testing/index.js';
import { PooledPostgresDataSource } from './pooled-postgres-data-source.js';
import type { PostgresOptions } from './postgres.options.js';

describePostgres('a PostgreSQL database with an owner', (serverUrl) => {
  let database: PostgresDatabase;
  let sources: PooledPostgresDataSource[];

  beforeEach(async () => {
    database = await PostgresDatabase.create(serverUrl);
    sources = [];
  });

  afterEach(async () => {
    await Promise.all(sources.filter(({ isInitialized }) => isInitialized).map((source) => source.destroy()));
    await database.remove();
  });

  const open = async (options: Partial<PostgresOptions> = {}): Promise<PooledPostgresDataSource> => {
    const { url } = database;
    const source = new PooledPostgresDataSource({
      url,
      entities: LIBRARY,
      exclusive: true,
      ownerTimeoutMs: 0,
      ...options,
    });
    sources.push(source);
    return source.initialize();
  };
  const write = (source: PooledPostgresDataSource, id: string): Promise<unknown> =>
    source.getRepository(Counter).insert({ id, value: 0 });

  it('refuses a second one, and lets in who does not ask to own it', async () => {
    await open({ synchronize: true });
    await expect(open()).rejects.toMatchObject({ code: 'database_in_use', category: 'unavailable' });
    await write(await open({ exclusive: false }), 'a');
  });

  it('is free when the owner ends; one that waits for that gets it', async () => {
    const first = await open({ synchronize: true });
    const second = open({ ownerTimeoutMs: 10_000 });
    await first.destroy();
    await write(await second, 'a');
  });

  it('belongs to one of several that share a server, a database each', async () => {
    await open();
    const other = await PostgresDatabase.create(serverUrl);
    const source = await open({ url: other.url });
    await source.destroy();
    await other.remove();
  });

  it('stays with an owner whose connection was lost, once that is back', async () => {
    const owner = await open({ synchronize: true, ownerTimeoutMs: 5_000 });
    await database.disconnectAll();
    await expect
      .poll(() => write(owner, 'a').then(() => 'written', String), { timeout: 10_000 })
      .toBe('written');
    await expect(open()).rejects.toMatchObject({ code: 'database_in_use' });
  });

  it('takes no write of an owner that lost it to another one', async () => {
    const first = await open({ synchronize: true });
    await database.disconnectAll();
    const second = await open();
    await expect(write(first, 'of the first')).rejects.toMatchObject({ code: 'database_in_use' });
    await write(second, 'of the second');
    expect(await first.getRepository(Counter).find()).toEqual([{ id: 'of the second', value: 0 }]);
  });
});
