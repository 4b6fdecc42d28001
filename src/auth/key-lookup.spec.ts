import { getRepositoryToken } from '@nestjs/typeorm';
import { DataSource, type Repository } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { startApp, type TestApp } from '../../test/support/start-app.js';

import { ApiKey } from './api-key.entity.js';
import { ApiKeysService } from './api-keys.service.js';
import { AuthModule } from './auth.module.js';
import { hashKey } from './key-material.js';
import { KeyLookup } from './key-lookup.js';
import { authMigrations } from './migrations/index.js';

describe('KeyLookup', () => {
  let test: TestApp;
  let keys: ApiKeysService;
  let lookup: KeyLookup;
  let repository: Repository<ApiKey>;

  beforeEach(async () => {
    test = await startApp({ imports: [AuthModule], migrations: [...authMigrations] });
    keys = test.app.get(ApiKeysService);
    lookup = test.app.get(KeyLookup);
    repository = test.app.get<Repository<ApiKey>>(getRepositoryToken(ApiKey));
  });

  afterEach(async () => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    await test.close();
  });

  const watchReads = () => vi.spyOn(repository, 'findOneBy');

  it('reads a key once, however many ask at once and afterwards', async () => {
    const { row } = await keys.create({ label: 'a', scopes: ['read'] });
    const reads = watchReads();
    const found = await Promise.all(Array.from({ length: 20 }, () => lookup.find(row.hash)));
    expect(new Set(found.map((principal) => principal?.keyId))).toEqual(new Set([row.id]));
    await lookup.find(row.hash);
    expect(reads).toHaveBeenCalledTimes(1);
  });

  it('remembers also that there is no such key, until it is made', async () => {
    const reads = watchReads();
    const hash = hashKey('nobody');
    expect([await lookup.find(hash), await lookup.find(hash)]).toEqual([null, null]);
    expect(reads).toHaveBeenCalledTimes(1);
  });

  it('asks again after 30 s', async () => {
    const { row } = await keys.create({ label: 'a', scopes: ['read'] });
    const reads = watchReads();
    await lookup.find(row.hash);
    await repository.delete({ id: row.id });
    expect(await lookup.find(row.hash)).not.toBeNull();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 30_001 });
    expect(await lookup.find(row.hash)).toBeNull();
    expect(reads).toHaveBeenCalledTimes(2);
  });

  it('does not believe a row that was read before the key was deleted', async () => {
    const { row } = await keys.create({ label: 'a', scopes: ['read'] });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    watchReads().mockImplementationOnce(async () => {
      await held;
      return row;
    });
    const early = lookup.find(row.hash);
    await keys.delete(row.id);
    const late = lookup.find(row.hash);
    release();
    expect(await early).toMatchObject({ keyId: row.id });
    expect(await late).toBeNull();
    expect(await lookup.find(row.hash)).toBeNull();
  });

  it('hands on what keeps the database from answering, and asks again the next time', async () => {
    const { row } = await keys.create({ label: 'a', scopes: ['read'] });
    watchReads().mockRejectedValueOnce(new Error('disk gone'));
    await expect(lookup.find(row.hash)).rejects.toThrow('disk gone');
    expect(await lookup.find(row.hash)).toMatchObject({ keyId: row.id });
  });

  it('reads a table that is exactly what the entity says', async () => {
    const { upQueries } = await test.app.get(DataSource).driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('admits a key also when its last use cannot be recorded', async () => {
    const { row } = await keys.create({ label: 'a', scopes: ['read'] });
    vi.spyOn(repository, 'update').mockRejectedValueOnce(new Error('read-only'));
    expect(await lookup.find(row.hash)).toMatchObject({ keyId: row.id });
  });
});
