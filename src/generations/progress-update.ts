import type { EntityManager } from 'typeorm';

import type { Generation } from './generation.entity.js';

/** How far a generation is. */
export type Progress = Pick<Generation, 'progress' | 'polls'>;

/** Progress that is written, with the serial of that change. */
export type ProgressChange = Progress & Pick<Generation, 'id' | 'serial'>;

/** What each change sets. It counts only while a generation is under way, and progress never goes back. */
const SET = `"progress" = news.progress, "polls" = news.polls, "serial" = news.serial, "revision" = "revision" + 1`;
const IS_NEWS = `"generations"."progress" < news.progress AND "generations"."id" = news.id`;
/**
 * One text for any number of rows, so that the database reads it once. The `+` keeps SQLite from the index of states, with which it
 * would look at all that is under way for each row.
 */
const SQLITE = `UPDATE "generations" SET ${SET} FROM (
  SELECT value ->> 'id' AS id, value ->> 'progress' AS progress, value ->> 'polls' AS polls, value ->> 'serial' AS serial
  FROM json_each(?)) AS news WHERE ${IS_NEWS} AND +"status" = 'in_progress' RETURNING "id"`;
const POSTGRES = `WITH changed AS (UPDATE "generations" SET ${SET}
  FROM json_to_recordset($1::json) AS news(id text, progress integer, polls integer, serial bigint)
  WHERE ${IS_NEWS} AND "status" = 'in_progress' RETURNING "generations"."id") SELECT "id" FROM changed`;

/**
 * Writes how far many generations are, with one statement.
 *
 * @returns those that were under way, and not that far yet, in the order of `changes`
 */
export async function updateProgress(
  manager: EntityManager,
  changes: readonly ProgressChange[],
): Promise<readonly ProgressChange[]> {
  const isPostgres = manager.dataSource.options.type === 'postgres';
  const rows: Pick<Generation, 'id'>[] = await manager.query(isPostgres ? POSTGRES : SQLITE, [
    JSON.stringify(changes),
  ]);
  const changed = new Set(rows.map(({ id }) => id));
  return changes.filter(({ id }) => changed.has(id));
}
