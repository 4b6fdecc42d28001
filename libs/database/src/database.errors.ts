import { CodedError, type ErrorCategory } from 'penstock/kernel';

const CATEGORIES = {
  acquire_timeout: 'timeout',
  backup_exists: 'conflict',
  backup_failed: 'unavailable',
  backup_not_found: 'not_found',
  backup_running: 'conflict',
  database_closed: 'unavailable',
  database_corrupt: 'unavailable',
  database_full: 'unavailable',
  database_in_use: 'unavailable',
  database_unavailable: 'unavailable',
  database_io_failed: 'unavailable',
  database_read_only: 'unavailable',
  close_timeout: 'timeout',
  commit_unknown: 'unavailable',
  durability_conflict: 'internal',
  raw_transaction_control: 'internal',
  several_statements: 'internal',
  transaction_aborted: 'internal',
  transaction_busy: 'internal',
  transaction_conflict: 'unavailable',
  transaction_ended: 'internal',
  unsupported_parameter: 'internal',
  wal_unavailable: 'unavailable',
} as const satisfies Record<string, ErrorCategory>;

/** Codes of {@link DatabaseError}. */
export type DatabaseErrorCode = keyof typeof CATEGORIES;

/**
 * What the pool refuses or cannot do. Errors of SQL itself are TypeORM's `QueryFailedError`, with the database's
 * code in `driverError.code`.
 */
export class DatabaseError extends CodedError<DatabaseErrorCode> {
  /** @param cause - the error that led to this one, if any */
  static of(code: DatabaseErrorCode, message: string, cause?: unknown): DatabaseError {
    return new DatabaseError(code, CATEGORIES[code], message, cause === undefined ? {} : { cause });
  }
}
