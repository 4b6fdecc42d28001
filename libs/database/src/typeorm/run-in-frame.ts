import type { EntityManager } from 'typeorm';

import type { FramedRunner } from './framed-runner.js';

/** Work with the manager of a connection. */
export type Work<T> = (manager: EntityManager) => Promise<T>;

/**
 * Runs `work` on the runner's connection and releases the runner. Calls made by `work`, with whatever repository, run
 * there too.
 */
export async function runInFrame<T>(runner: FramedRunner, work: Work<T>): Promise<T> {
  try {
    return await runner.inScope(() => work(runner.manager));
  } finally {
    await runner.release();
  }
}

/** As {@link runInFrame}, in a transaction that is committed, or rolled back if `work` fails. */
export async function runInTransaction<T>(
  runner: FramedRunner,
  work: Work<T>,
  begin: (runner: FramedRunner) => Promise<void>,
): Promise<T> {
  try {
    await begin(runner);
    const result = await runner.inScope(() => work(runner.manager));
    await runner.commitTransaction();
    return result;
  } catch (error) {
    // The first error is the one to report; release() undoes whatever the rollback left open.
    await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}
