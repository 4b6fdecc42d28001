import type { Database, Statement } from 'sqlite3';

/** Compiles a statement. */
export function prepare(database: Database, sql: string): Promise<Statement> {
  return new Promise((resolve, reject) => {
    const statement = database.prepare(sql, (error) => {
      if (error === null) resolve(statement);
      else reject(error);
    });
  });
}

/** Frees a statement; a running one ends first. */
export function finalize(statement: Statement): Promise<void> {
  return new Promise((resolve) => {
    statement.finalize(() => {
      resolve();
    });
  });
}
