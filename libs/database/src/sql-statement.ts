import { DatabaseError } from './database.errors.js';

/** What the driver needs to know of a statement before it runs it. */
export interface SqlStatement {
  /** Its first keyword in capitals, for `WITH` that of the main statement. */
  readonly verb: string;
  /** Whether it must be run as one that returns rows. */
  readonly returnsRows: boolean;
  /** Whether it inserts rows that are given in it, without asking for any back. */
  readonly insertsValues: boolean;
  /** Whether more statements follow, which SQLite would leave out without a word. */
  readonly several: boolean;
  /** Verb and table, such as `UPDATE token`: says what holds a connection. Has no values in it. */
  readonly label: string;
}

const QUOTED_OR_COMMENT = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[^]*?\*\//g;
const QUOTED_NAME = /"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]/g;
const INNERMOST_PARENTHESES = /\([^()]*\)/g;
const MAIN_VERB = /\b(SELECT|VALUES|INSERT|REPLACE|UPDATE|DELETE)\b/i;
const TABLE =
  /^(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)\s+(?:["`[]?\w+["`\]]?\.)?["`[]?(\w+)/i;
const SOURCE = /\bFROM\s+(?:["`[]?\w+["`\]]?\.)?["`[]?(\w+)/i;

const WRITES = new Set(['INSERT', 'REPLACE', 'UPDATE', 'DELETE']);
/** Those of both databases; START, ABORT and PREPARE are PostgreSQL's. */
const TRANSACTION_CONTROL = new Set([
  ...['BEGIN', 'COMMIT', 'END', 'ROLLBACK', 'SAVEPOINT', 'RELEASE'],
  ...['START', 'ABORT', 'PREPARE'],
]);

/** Reads off a statement what it does, without parsing all of SQL. Unknown statements count as returning rows. */
export function parseStatement(sql: string): SqlStatement {
  const text = sql.replace(QUOTED_OR_COMMENT, withoutContent).replace(/^[\s;]+/, '');
  const bare = withoutParentheses(text.replace(QUOTED_NAME, '""'));
  const first = /^\w+/.exec(bare)?.[0].toUpperCase() ?? '';
  const verb = first === 'WITH' ? mainVerb(bare) : first;
  return {
    verb,
    returnsRows: !WRITES.has(verb) || first === 'WITH' || /\bRETURNING\b/i.test(bare),
    insertsValues: first === 'INSERT' && !/\b(?:SELECT|RETURNING)\b/i.test(bare),
    several: verb !== 'CREATE' && /;\s*[^\s;]/.test(bare),
    label: labelOf(verb, text),
  };
}

/** Whether a statement inserts, changes or deletes rows. */
export const isWrite = (statement: SqlStatement): boolean => WRITES.has(statement.verb);

/** @throws DatabaseError `raw_transaction_control` for a statement that begins or ends a transaction or a savepoint */
export function refuseTransactionControl({ verb }: SqlStatement): void {
  if (!TRANSACTION_CONTROL.has(verb)) return;
  throw DatabaseError.of(
    'raw_transaction_control',
    `${verb} cannot be run as a query: the connection goes back to the pool after it. ` +
      'Use transaction(), or startTransaction() of a query runner.',
  );
}

const mainVerb = (bare: string): string => MAIN_VERB.exec(bare)?.[1]?.toUpperCase() ?? 'WITH';

function labelOf(verb: string, text: string): string {
  const table = TABLE.exec(text)?.[1] ?? SOURCE.exec(text)?.[1];
  return table === undefined ? verb : `${verb} ${table}`;
}

function withoutContent(token: string): string {
  if (token.startsWith("'")) return "''";
  return token.startsWith('--') || token.startsWith('/*') ? ' ' : token;
}

function withoutParentheses(text: string): string {
  const next = text.replace(INNERMOST_PARENTHESES, ' ');
  return next === text ? text : withoutParentheses(next);
}
