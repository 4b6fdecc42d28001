import { AsyncResource } from 'node:async_hooks';

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

/**
 * Work of a group of transactions, which another caller may have begun: it runs in the async context of this call, and a
 * leak of it names `openedAt`.
 */
export function openedBy<T>(openedAt: CallSite, work: Work<T>): Work<T> {
  const caller = new AsyncResource('GroupedTransaction');
  return async (manager) => {
    const { queryRunner } = manager;
    if (queryRunner === undefined || !isFramed(queryRunner)) return work(manager);
    (await queryRunner.enter('transaction')).lease.openedAt = openedAt;
    return caller.runInAsyncScope(() => queryRunner.inPart(() => work(manager)));
  };
}
