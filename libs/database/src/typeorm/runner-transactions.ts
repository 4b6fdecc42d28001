import type { QueryRunner } from 'typeorm';
import type { IsolationLevel } from 'typeorm/driver/types/IsolationLevel.js';

import type { PooledConnection } from '../ports/pooled-connection.js';
import type { StatementObserver } from '../ports/statement-observer.js';
import { callSite } from '../transactions/call-site.js';
import type { RunnerFrames } from './runner-frames.js';

/** Begins and ends the transactions of a query runner, which are logged and told to subscribers as TypeORM does. */
export class RunnerTransactions<Connection extends PooledConnection> {
  constructor(
    private readonly runner: QueryRunner,
    private readonly frames: RunnerFrames<Connection>,
    private readonly statements: StatementObserver,
  ) {}

  async begin(durable: boolean, isolation?: IsolationLevel): Promise<void> {
    const openedAt = this.runner.isTransactionActive ? undefined : callSite();
    await this.runner.broadcaster.broadcast('BeforeTransactionStart');
    const { opening } = await this.statements.run('BEGIN', () =>
      this.frames.begin({ durable, isolation, openedAt }),
    );
    this.#log(opening);
    await this.runner.broadcaster.broadcast('AfterTransactionStart');
  }

  async commit(): Promise<void> {
    const frame = this.frames.innermost();
    await this.runner.broadcaster.broadcast('BeforeTransactionCommit');
    await this.statements.run(verbOf(frame.closing), () => frame.commit());
    this.frames.leaveInnermost();
    this.#log(frame.closing);
    await this.runner.broadcaster.broadcast('AfterTransactionCommit');
  }

  async rollback(): Promise<void> {
    this.frames.innermost(); // Before anybody is told that it will be rolled back.
    await this.runner.broadcaster.broadcast('BeforeTransactionRollback');
    await this.frames.rollBackInnermost();
    this.#log('ROLLBACK');
    await this.runner.broadcaster.broadcast('AfterTransactionRollback');
  }

  /** Commits all that are open, the innermost first. */
  async commitAll(): Promise<void> {
    while (this.frames.hasTransaction) await this.commit();
  }

  #log(sql: string): void {
    this.runner.dataSource.logger.logQuery(sql, undefined, this.runner);
  }
}

/** Without the name of a savepoint. */
const verbOf = (sql: string): string => /^\w+/.exec(sql)?.[0] ?? 'COMMIT';
