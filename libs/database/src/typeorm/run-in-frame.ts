import type { EntityManager } from 'typeorm';

import { callSite, type CallSite } from '../transactions/call-site.js';
import { isFramed, type FramedRunner } from './framed-runner.js';

/** Work with the manager of a connection. */
export type Work<T> = (manager: EntityManager) => Promise<T>;

/**
 * Runs `work` on the runner's connection and releases the runner. Calls made by `work`, with whatever repository, run
 * there too.
 */
export async function runInFrame<T>(runner: FramedRunner, work: Work<T>): Promise<T> {
  const openedAt = callSite();
  try {
    (await runner.enter('work')).lease.openedAt ??= openedAt;
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

/** Work of a group of transactions, which are begun by none of the callers: a leak of `work` names `openedAt`. */
export function openedBy<T>(openedAt: CallSite, work: Work<T>): Work<T> {
  return async (manager) => {
    const { queryRunner } = manager;
    if (queryRunner !== undefined && isFramed(queryRunner))
      (await queryRunner.enter('transaction')).lease.openedAt = openedAt;
    return work(manager);
  };
}
