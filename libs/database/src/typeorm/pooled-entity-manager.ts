import { EntityManager, TypeORMError, type QueryRunner } from 'typeorm';
import type { IsolationLevel } from 'typeorm/driver/types/IsolationLevel.js';

import type { PooledSqliteDataSource } from './pooled-sqlite-data-source.js';
import { PooledQueryRunner } from './pooled-query-runner.js';
import { runInTransaction, type Work } from './run-in-frame.js';

/** An entity manager whose transactions are joined by every repository call made in their async context. */
export class PooledEntityManager extends EntityManager {
  constructor(
    private readonly pooled: PooledSqliteDataSource,
    queryRunner?: QueryRunner,
  ) {
    super(pooled, queryRunner);
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
    const own = this.queryRunner;
    const host = own instanceof PooledQueryRunner ? await own.enter('transaction') : undefined;
    const runner = this.pooled.createRunnerIn({ readOnly: false, host, label: undefined });
    return runInTransaction(runner, work, () => runner.startTransaction(isolation));
  }
}
