import type { StatementObserver } from '../ports/statement-observer.js';
import type { RowCursor } from './row-stream.js';

/** A cursor whose statement is run by an observer to its first row. The rows after it come at the pace of the reader. */
export function timedCursor(statements: StatementObserver, label: string, cursor: RowCursor): RowCursor {
  let isBegun = false;
  return {
    next: () => {
      if (isBegun) return cursor.next();
      isBegun = true;
      return statements.run(label, () => cursor.next());
    },
    close: () => cursor.close(),
  };
}
