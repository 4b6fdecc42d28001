/** Port: runs every statement of the database's connections, so that it can be timed. */
export abstract class StatementObserver {
  /**
   * Runs `statement`, once, and hands on what it gives and what it throws. Waits of the statement for its connection are
   * reported inside of it, in its async context.
   *
   * @param label - verb and table, such as `UPDATE token`, or `BEGIN`, `COMMIT`, `RELEASE`; has no values in it
   */
  abstract run<T>(label: string, statement: () => Promise<T>): Promise<T>;
}

/** Runs statements, and no more. */
export class SilentStatementObserver extends StatementObserver {
  override run<T>(_label: string, statement: () => Promise<T>): Promise<T> {
    return statement();
  }
}
