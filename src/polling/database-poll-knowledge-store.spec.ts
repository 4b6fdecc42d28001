import { DatabasePool, PooledSqliteDataSource } from 'penstock/database';
import { describePollKnowledgeStore } from 'penstock/polling/testing';
import { afterEach } from 'vitest';

import { DatabasePollKnowledgeStore } from './database-poll-knowledge-store.js';
import { pollingMigrations } from './migrations/index.js';
import { PollKnowledgeRow } from './poll-knowledge.entity.js';

const sources: PooledSqliteDataSource[] = [];

afterEach(async () => {
  for (const source of sources.splice(0)) await source.destroy();
});

describePollKnowledgeStore('DatabasePollKnowledgeStore', async () => {
  const source = new PooledSqliteDataSource({
    path: ':memory:',
    entities: [PollKnowledgeRow],
    migrations: [...pollingMigrations],
  });
  sources.push(source);
  return new DatabasePollKnowledgeStore(new DatabasePool(await source.initialize()));
});
