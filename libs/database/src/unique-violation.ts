import { QueryFailedError } from 'typeorm';

import { sqlStateOf } from './postgres/postgres-failures.js';

const UNIQUE_VIOLATION = '23505';

/** Whether a statement failed because a unique index or a primary key has the value already, on either database. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  if (sqlStateOf(error) === UNIQUE_VIOLATION) return true;
  const code: unknown = Reflect.get(error.driverError, 'code');
  return code === 'SQLITE_CONSTRAINT' && error.message.includes('UNIQUE');
}
