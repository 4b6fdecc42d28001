import { Injectable } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { PollKnowledgeStore, type StoredKnowledge } from 'penstock/polling';
import { In } from 'typeorm';

import { PollKnowledgeRow } from './poll-knowledge.entity.js';

/** Databases bound the parameters of a statement. */
const ROWS_AT_ONCE = 100;

/** Keeps what strategies have learned in the database. */
@Injectable()
export class DatabasePollKnowledgeStore extends PollKnowledgeStore {
  constructor(private readonly pool: DatabasePool) {
    super();
  }

  override async load(strategy: string): Promise<readonly StoredKnowledge[]> {
    const rows = await this.pool.read((manager) =>
      manager.find(PollKnowledgeRow, { where: { strategy }, order: { updatedAt: 'ASC', key: 'ASC' } }),
    );
    return rows.map(({ key, state, updatedAt }) => ({ key, state, updatedAt }));
  }

  override async save(
    strategy: string,
    changed: readonly StoredKnowledge[],
    removed: readonly string[],
  ): Promise<void> {
    await this.pool.transaction(async (manager) => {
      for (const keys of chunksOf(removed))
        await manager.delete(PollKnowledgeRow, { strategy, key: In(keys) });
      for (const entries of chunksOf(changed)) {
        const rows = entries.map((entry) => ({ ...entry, strategy }));
        await manager.upsert(PollKnowledgeRow, rows, ['strategy', 'key']);
      }
    });
  }
}

function chunksOf<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / ROWS_AT_ONCE);
  return Array.from({ length: count }, (_, index) =>
    all.slice(index * ROWS_AT_ONCE, (index + 1) * ROWS_AT_ONCE),
  );
}
