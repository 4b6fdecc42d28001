import { PooledSqliteDataSource } from 'penstock/database';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Generation } from './generation.entity.js';
import { generationMigrations } from './migrations/index.js';
import { updateProgress } from './progress-update.js';

const CHANGES = [
  { id: 'video_1', progress: 5, polls: 2, serial: 7 },
  { id: 'video_2', progress: 6, polls: 3, serial: 8 },
];

describe('updateProgress', () => {
  let source: PooledSqliteDataSource;

  beforeEach(async () => {
    source = await new PooledSqliteDataSource({
      path: ':memory:',
      entities: [Generation],
      migrations: generationMigrations,
    }).initialize();
  });
  afterEach(() => source.destroy());

  it('looks each row up by its id, however many are under way', async () => {
    const query = vi.spyOn(source.manager, 'query');
    await updateProgress(source.manager, CHANGES);
    const sql = query.mock.calls[0]?.[0] ?? '';
    const plan: { readonly detail: string }[] = await source.query(`EXPLAIN QUERY PLAN ${sql}`, ['[]']);
    expect(plan.map(({ detail }) => detail.replace(/ VIRTUAL.*/, ''))).toEqual([
      'SCAN json_each',
      'SEARCH generations USING INDEX sqlite_autoindex_generations_1 (id=?)',
    ]);
  });
});
