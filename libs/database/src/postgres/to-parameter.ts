import { DatabaseError } from '../database.errors.js';

/**
 * Prepares a value for the `pg` package, which knows the usual types. PostgreSQL's texts cannot hold U+0000, which
 * upstreams may well send: it becomes U+FFFD, the replacement character, because a text that can never be stored would
 * be tried for ever.
 *
 * @throws DatabaseError `unsupported_parameter` for a function or symbol, instead of storing its source
 */
export function toParameter(value: unknown, index: number): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '\ufffd');
  if (typeof value !== 'function' && typeof value !== 'symbol') return value;
  throw DatabaseError.of(
    'unsupported_parameter',
    `Parameter ${index + 1} is of type ${typeof value}, which PostgreSQL cannot store. ` +
      'Pass a string, number, bigint, boolean, Date, Uint8Array, array, plain object or null.',
  );
}
