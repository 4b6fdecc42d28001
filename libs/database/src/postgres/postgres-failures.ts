import { DatabaseError as ServerError } from 'pg';
import { QueryFailedError } from 'typeorm';

import { DatabaseError } from '../database.errors.js';

/** serialization_failure and deadlock_detected: the transaction was undone, and may well succeed when run again. */
const CONFLICTS = new Set(['40001', '40P01']);

/** The server ends the connection with these: admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout. */
const FAREWELLS = new Set(['57P01', '57P02', '57P03', '57P05']);

/** The SQLSTATE of an error that the server sent. */
export function sqlStateOf(error: unknown): string | undefined {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return cause instanceof ServerError ? cause.code : undefined;
}

/** Whether a transaction lost against one that ran at the same time. */
export const isConflict = (error: unknown): boolean => CONFLICTS.has(sqlStateOf(error) ?? '');

/** Whether the server says with it that the connection is over: class 08, or a shutdown. */
export function isFarewell(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state !== undefined && (state.startsWith('08') || FAREWELLS.has(state));
}

/** @param location - where the database is, without credentials */
export const unavailable = (location: string, cause: unknown): DatabaseError =>
  DatabaseError.of(
    'database_unavailable',
    `PostgreSQL at ${location} cannot be reached: ${reasonOf(cause)}. The next call tries again.`,
    cause,
  );

/** Node has no message for a name of which every address refused. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.message !== '') return cause.message;
  return 'code' in cause ? String(cause.code) : cause.name;
}
