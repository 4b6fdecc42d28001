import { DateUtils } from 'typeorm';

import { DatabaseError } from '../database.errors.js';
import type { SqliteValue } from '../ports/sqlite-connection.js';

/**
 * Converts what TypeORM and raw queries pass: `undefined` to NULL, booleans to 0 and 1, dates to the text that date
 * columns hold (UTC), big integers to text where a number would lose digits (an INTEGER column stores them exactly).
 *
 * @throws DatabaseError `unsupported_parameter` for what SQLite has no type for, instead of storing `[object Object]`
 */
export function bindParameters(parameters: readonly unknown[]): SqliteValue[] {
  return parameters.map(bindParameter);
}

function bindParameter(value: unknown, index: number): SqliteValue {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      if (Number.isNaN(value)) throw unsupported(index, 'NaN');
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'undefined':
      return null;
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
    case 'object':
      return bindObject(value, index);
    default:
      throw unsupported(index, typeof value);
  }
}

function bindObject(value: object | null, index: number): SqliteValue {
  if (value === null || value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (value instanceof Date) return String(DateUtils.mixedDateToUtcDatetimeString(value));
  throw unsupported(index, Array.isArray(value) ? 'array' : 'object');
}

const unsupported = (index: number, type: string): DatabaseError =>
  DatabaseError.of(
    'unsupported_parameter',
    `Parameter ${index + 1} is of type ${type}, which SQLite cannot store. ` +
      'Pass a string, number, bigint, boolean, Date, Uint8Array or null; for objects use a simple-json column or JSON.stringify.',
  );
