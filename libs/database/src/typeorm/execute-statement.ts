import { QueryResult } from 'typeorm';

import type { SqliteConnection, SqliteValue } from '../ports/sqlite-connection.js';
import { isWrite, type SqlStatement } from '../sql-statement.js';

/** A statement with what is needed to run it. */
export interface BoundStatement {
  readonly sql: string;
  readonly statement: SqlStatement;
  readonly parameters: readonly SqliteValue[];
}

/**
 * Runs a statement. `raw` is the rows where it returns any, else the rowid of the last insert, else the number of rows
 * changed; `affected` is set for every insert, update and delete.
 */
export async function executeStatement(
  connection: SqliteConnection,
  bound: BoundStatement,
): Promise<QueryResult> {
  const { sql, statement, parameters } = bound;
  if (statement.returnsRows) return rowsOf(statement, await connection.all(sql, parameters));
  const { lastId, changes } = await connection.run(sql, parameters);
  const result = new QueryResult();
  result.raw = statement.verb === 'INSERT' || statement.verb === 'REPLACE' ? lastId : changes;
  result.affected = changes;
  return result;
}

function rowsOf(statement: SqlStatement, rows: object[]): QueryResult {
  const result = new QueryResult();
  result.raw = rows;
  result.records = rows;
  if (isWrite(statement)) result.affected = rows.length;
  return result;
}
