import { CodedError, type ErrorCategory } from 'penstock/kernel';

const CATEGORIES = {
  backup_unsupported: 'conflict',
} as const satisfies Record<string, ErrorCategory>;

/** What operators ask of the database that it cannot do. */
export class DatabaseOperationError extends CodedError<keyof typeof CATEGORIES> {
  static backupUnsupported(): DatabaseOperationError {
    return new DatabaseOperationError(
      'backup_unsupported',
      CATEGORIES.backup_unsupported,
      'Only a SQLite file can be backed up or restored here. Use the tools of your database, such as pg_dump.',
    );
  }
}
