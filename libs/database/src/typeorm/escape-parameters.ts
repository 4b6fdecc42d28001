import type { ObjectLiteral } from 'typeorm';

const NAMED = /:(\.\.\.)?([A-Za-z0-9_.]+)/g;
const INT32 = 2 ** 31;

/**
 * Puts `?` in place of named parameters, also of numbers, which TypeORM writes into the text of its SQLite statements: a
 * text that never changes is parsed and compiled once.
 *
 * The `sqlite3` package binds integers past 32 bits as floating point, exactly; the CAST makes them integers again.
 */
export function escapeParameters(sql: string, parameters: ObjectLiteral): [string, unknown[]] {
  const values: unknown[] = [];
  const placeholder = (value: unknown): string => {
    values.push(value);
    return isLargeInteger(value) ? 'CAST(? AS INTEGER)' : '?';
  };
  const escaped = sql.replaceAll(NAMED, (name, spread: string | undefined, key: string) => {
    if (!Object.hasOwn(parameters, key)) return name;
    const value: unknown = parameters[key];
    if (spread !== undefined) return Array.isArray(value) ? value.map(placeholder).join(', ') : name;
    return typeof value === 'function' ? String((value as () => unknown)()) : placeholder(value);
  });
  return [escaped, values];
}

const isLargeInteger = (value: unknown): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && (value >= INT32 || value < -INT32);
