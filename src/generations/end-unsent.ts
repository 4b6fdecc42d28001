import type { RestoredConnection } from 'penstock/database';

const END = {
  code: 'restored_from_backup',
  message:
    'It was not submitted yet when the backup was made that the database was restored from, and it may have been since. ' +
    'It was not sent again, because it might be made, and paid, twice. Check the upstream account before you ask again.',
};

/**
 * Ends the generations of a restored backup that had no job yet: after the backup they may have been given one.
 *
 * @param at - milliseconds since 1970
 * @returns how many
 */
export async function endUnsent(backup: RestoredConnection, at: number): Promise<number> {
  const [table] = await backup.all(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`, [
    'generations',
  ]);
  if (table === undefined) return 0;
  const { changes } = await backup.run(
    `UPDATE generations SET status = 'failed', error_code = ?, error_message = ?, completed_at = ?, revision = revision + 1
      WHERE status IN ('queued', 'submitting')`,
    [END.code, END.message, at],
  );
  return changes;
}
