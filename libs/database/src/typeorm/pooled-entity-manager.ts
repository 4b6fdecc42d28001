import { EntityManager, TypeORMError } from 'typeorm';
import type { IsolationLevel } from 'typeorm/driver/types/IsolationLevel.js';

import type { PooledConnection } from '../ports/pooled-connection.js';
import type { FramedRunner } from './framed-runner.js';
import type { PooledDataSource } from './pooled-data-source.js';
import type { Work } from './run-in-frame.js';
import { runTransaction } from './run-transaction.js';

/** An entity manager whose transactions are joined by every repository call made in their async context. */
export class PooledEntityManager<Connection extends PooledConnection> extends EntityManager {
  constructor(
    private readonly pooled: PooledDataSource<Connection>,
    private readonly own?: FramedRunner<Connection>,
  ) {
    super(pooled, own);
  }

  /**
   * Runs `work` in a transaction of its own, or in a savepoint inside of the one that is running.
   *
   * @throws whatever `work` throws, after the rollback
   */
  override transaction<T>(work: Work<T>): Promise<T>;
  override transaction<T>(isolation: IsolationLevel, work: Work<T>): Promise<T>;
  override async transaction<T>(isolationOrWork: IsolationLevel | Work<T>, maybeWork?: Work<T>): Promise<T> {
    const [isolation, work] =
      typeof isolationOrWork === 'function' ? [undefined, isolationOrWork] : [isolationOrWork, maybeWork];
    if (work === undefined) throw new TypeORMError('transaction() needs a function as its last argument.');
    // Nothing is awaited where nothing has to be, so that reports of leaks know who called.
    const host = this.own === undefined ? undefined : await this.own.enter('transaction');
    const place = { readOnly: false, host, label: undefined };
    return runTransaction({
      source: this.pooled,
      place,
      work,
      begin: (runner) => (isolation === undefined ? runner.begin(false) : runner.startTransaction(isolation)),
    });
  }
}
