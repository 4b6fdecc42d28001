/** Port: runs every statement of those who use the database, so that it can be timed. */
export abstract class StatementObserver {
  /**
   * Runs `statement`, once, and hands on what it gives and what it throws. Waits of the statement for its connection are
   * reported inside of it, in its async context.
   *
   * Of a stream, `statement` is the way to its first row: those after it come at the pace of the reader, and its
   * connection was waited for before. A transaction that is undone is one statement, `ROLLBACK`, however it comes to that.
   * Statements that are no caller's (pragmas of a new connection, checks, backups) are not run here.
   *
   * @param label - verb and table, such as `UPDATE token`, or `BEGIN`, `COMMIT`, `RELEASE`, `ROLLBACK`; has no values in it
   */
  abstract run<T>(label: string, statement: () => Promise<T>): Promise<T>;
}

/** Runs statements, and no more. */
export class SilentStatementObserver extends StatementObserver {
  override run<T>(_label: string, statement: () => Promise<T>): Promise<T> {
    return statement();
  }
}
