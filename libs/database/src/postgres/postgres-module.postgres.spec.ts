import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { Counter, describePostgres, PostgresDatabase } from '../../testing/index.js';
import { DatabaseModule, DatabasePool, PooledPostgresDataSource } from '../index.js';

@Injectable()
class Counters {
  constructor(
    @InjectRepository(Counter) readonly repository: Repository<Counter>,
    readonly pool: DatabasePool,
  ) {}
}

@Module({ imports: [TypeOrmModule.forFeature([Counter])], providers: [Counters], exports: [Counters] })
class CountersModule {}

describePostgres('DatabaseModule with a URL', (serverUrl) => {
  let database: PostgresDatabase;

  beforeEach(async () => {
    database = await PostgresDatabase.create(serverUrl);
    await database.query('CREATE TABLE counter (id varchar PRIMARY KEY, value integer)');
  });

  afterEach(() => database.remove());

  it('gives repositories and a pool of PostgreSQL, whose transactions join each other', async () => {
    const app = await Test.createTestingModule({
      imports: [DatabaseModule.forRoot({ url: database.url }), CountersModule],
    }).compile();
    const { repository, pool } = app.get(Counters);
    expect(repository.manager.dataSource).toBeInstanceOf(PooledPostgresDataSource);
    const failing = pool.transaction(async () => {
      await repository.insert({ id: 'undone', value: 1 });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await pool.transaction(() => repository.insert({ id: 'kept', value: 1 }), {
      durable: true,
      grouped: true,
    });
    expect(await repository.find()).toEqual([{ id: 'kept', value: 1 }]);
    await app.close();
    expect(repository.manager.dataSource.isInitialized).toBe(false);
  });

  it('does not start on options out of bounds', async () => {
    const start = Test.createTestingModule({
      imports: [DatabaseModule.forRoot({ url: 'mysql://x' })],
    }).compile();
    await expect(start).rejects.toThrow('url must be like postgres://');
  });
});
