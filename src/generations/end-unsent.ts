import type { RestoredConnection } from 'penstock/database';

const END = {
  code: 'restored_from_backup',
  message:
    'It was not submitted yet when the backup was made that the database was restored from, and it may have been since. ' +
    'It was not sent again, because it might be made, and paid, twice. Check the upstream account before you ask again.',
};

/** Counts them in the ledger, as their end would. A backup may be older than the ledger. */
const COUNT = `
  INSERT INTO usage (day, key_id, token_id, model, kind, outcome, generations, unsent, media_ms, work_ms)
  SELECT date(created_at / 1000, 'unixepoch'), owner_id, coalesce(token_id, ''), model, kind, 'failed', COUNT(*), 0, 0, 0
    FROM generations WHERE status IN ('queued', 'submitting') GROUP BY 1, 2, 3, 4, 5
  ON CONFLICT DO UPDATE SET generations = generations + excluded.generations`;

/**
 * Ends the generations of a restored backup that had no job yet: after the backup they may have been given one.
 *
 * @param at - milliseconds since 1970
 * @returns how many
 */
export async function endUnsent(backup: RestoredConnection, at: number): Promise<number> {
  if (!(await hasTable(backup, 'generations'))) return 0;
  if (await hasTable(backup, 'usage')) await backup.run(COUNT, []);
  const { changes } = await backup.run(
    `UPDATE generations SET status = 'failed', error_code = ?, error_message = ?, completed_at = ?, revision = revision + 1
      WHERE status IN ('queued', 'submitting')`,
    [END.code, END.message, at],
  );
  return changes;
}

async function hasTable(backup: RestoredConnection, name: string): Promise<boolean> {
  const tables = await backup.all(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`, [name]);
  return tables.length > 0;
}
