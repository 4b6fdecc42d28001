import type { PooledConnection } from '../ports/pooled-connection.js';
import type { FramedRunner } from './framed-runner.js';
import type { PooledDataSource } from './pooled-data-source.js';
import { runInTransaction, type Work } from './run-in-frame.js';
import type { RunnerPlace } from './runner-frames.js';

/** A transaction to run. */
export interface TransactionRun<T, Connection extends PooledConnection> {
  readonly source: PooledDataSource<Connection>;
  readonly place: RunnerPlace<Connection>;
  readonly work: Work<T>;
  readonly begin: (runner: FramedRunner) => Promise<void>;
  /** Runs it in another way if it is an outermost one. */
  readonly outermost?: (() => Promise<T>) | undefined;
}

/**
 * Runs work in a transaction. An outermost one is repeated where the database asks for that; inside of another one it is
 * a savepoint, and what happened is for the outermost one to repeat.
 */
export async function runTransaction<T, Connection extends PooledConnection>(
  run: TransactionRun<T, Connection>,
): Promise<T> {
  const { source, place, work, begin, outermost } = run;
  const first = source.createRunnerIn(place);
  if (first.isTransactionActive) return runInTransaction(first, work, begin);
  source.assertReady();
  if (outermost !== undefined) {
    await first.release();
    return outermost();
  }
  let next: FramedRunner | undefined = first;
  return source.repeat(() => {
    const runner = next ?? source.createRunnerIn(place);
    next = undefined;
    return runInTransaction(runner, work, begin);
  });
}
