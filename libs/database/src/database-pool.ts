import type { EntityManager } from 'typeorm';

import type { DatabaseStats } from './pool/lease.js';
import { callSite } from './transactions/call-site.js';
import { GroupCommit } from './transactions/group-commit.js';
import type { PooledDataSource } from './typeorm/pooled-data-source.js';
import { openedBy, runInFrame, runInTransaction, type Work } from './typeorm/run-in-frame.js';
import { runTransaction } from './typeorm/run-transaction.js';

/** How a piece of work is run. */
export interface WorkOptions {
  /** Names the work in timeouts and wait reports. @defaultValue the statement it is at */
  readonly label?: string;
}

/** How a transaction is run. */
export interface TransactionOptions extends WorkOptions {
  /**
   * Waits at the commit until it survives a power cut. Without it a power cut may undo the last commits (all of them
   * in order, never a part of one); a crash of the process undoes none either way. @defaultValue false
   */
  readonly durable?: boolean;
  /**
   * Shares its commit with others that wait at the same time, which makes many small durable transactions many times
   * faster. It is alone all the same: the work of the others is not under way meanwhile, and what fails undoes only its
   * own part. Work of one group waits for each other, so keep it short; when one of a group fails, the others are run
   * again, so keep everything but the database out of it. @defaultValue false
   */
  readonly grouped?: boolean;
}

/**
 * Connections of the database, for work that is more than one repository call.
 *
 * Repository calls made inside of `work`, also of injected repositories, run on the same connection (they are found by
 * their async context); called inside other work, these methods join it.
 */
export class DatabasePool {
  readonly #groups: GroupCommit<EntityManager>;

  constructor(private readonly dataSource: PooledDataSource) {
    this.#groups = new GroupCommit({
      transaction: (work, durable) =>
        dataSource.outside(() => this.transaction(work, { durable, label: 'a group of transactions' })),
      beginWait: () => dataSource.beginWait(),
      beginCommitWait: () => dataSource.beginCommitWait(),
      savepoint: (work) => this.transaction(work),
      isForAll: (error) => dataSource.mustRepeat(error),
    });
  }

  /** Runs `work` on a reader. All its reads see the database as it was at the first one. */
  read<T>(work: Work<T>, { label }: WorkOptions = {}): Promise<T> {
    const runner = this.dataSource.createRunnerIn({ readOnly: true, label });
    return runner.isTransactionActive
      ? runInFrame(runner, work)
      : runInTransaction(runner, work, () => runner.begin(false));
  }

  /** Runs `work` alone on the writer, each statement committed by itself. */
  write<T>(work: Work<T>, { label }: WorkOptions = {}): Promise<T> {
    return runInFrame(this.dataSource.createRunnerIn({ readOnly: false, label }), work);
  }

  /**
   * Runs `work` in a transaction on the writer: committed when `work` resolves, rolled back when it rejects. Inside of
   * another transaction it is a savepoint: only its own part is rolled back. On PostgreSQL an outermost one that lost
   * against another process is run again, `work` included, so keep everything but the database out of it.
   *
   * @throws DatabaseError `durability_conflict` for a durable one inside one that is not
   */
  transaction<T>(
    work: Work<T>,
    { durable = false, grouped = false, label }: TransactionOptions = {},
  ): Promise<T> {
    const openedAt = grouped ? callSite() : undefined;
    return runTransaction({
      source: this.dataSource,
      place: { readOnly: false, label },
      work,
      begin: (runner) => runner.begin(durable),
      outermost:
        openedAt === undefined ? undefined : () => this.#groups.add(openedBy(openedAt, work), durable),
    });
  }

  /** Connections in use, free and waited for, now. */
  stats(): DatabaseStats {
    return this.dataSource.stats();
  }
}
