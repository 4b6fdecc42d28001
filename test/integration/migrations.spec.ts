import { PooledSqliteDataSource } from 'penstock/database';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ApiKey } from '../../src/auth/api-key.entity.js';
import { Generation } from '../../src/generations/generation.entity.js';
import { HealthProbe } from '../../src/health/health-probe.entity.js';
import { migrations } from '../../src/migrations.js';
import { PollKnowledgeRow } from '../../src/polling/poll-knowledge.entity.js';
import { Token } from '../../src/tokens/token.entity.js';

describe('the migrations', () => {
  let source: PooledSqliteDataSource;

  beforeEach(async () => {
    const entities = [ApiKey, Generation, HealthProbe, PollKnowledgeRow, Token];
    source = await new PooledSqliteDataSource({ path: ':memory:', entities, migrations }).initialize();
  });
  afterEach(() => source.destroy());

  it('make exactly the schema that the entities describe', async () => {
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('can be undone, all of them, and made again', async () => {
    for (let left = migrations.length; left > 0; left -= 1) await source.undoLastMigration();
    const runner = source.createQueryRunner('slave');
    const tables: unknown = await runner.query(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    );
    await runner.release();
    expect(tables).toEqual([{ name: 'migrations' }]);
    expect(await source.runMigrations()).toHaveLength(migrations.length);
  });

  it('run in the order of their times', () => {
    const times = migrations.map(({ name }) => Number(name.slice(-13)));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});
