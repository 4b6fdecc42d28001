import type { QueryRunner } from 'typeorm';
import type { IsolationLevel } from 'typeorm/driver/types/IsolationLevel.js';

import type { PooledConnection } from '../ports/pooled-connection.js';
import type { Frame } from '../transactions/frame.js';

/** A query runner that works in frames, whichever database it is for. */
export interface FramedRunner<Connection extends PooledConnection = PooledConnection> extends QueryRunner {
  /** The frame that the next statement runs in. */
  enter(statement: string): Promise<Frame<Connection>>;
  /** As `startTransaction`; `durable` makes the commit wait for the disk. */
  begin(durable: boolean, isolation?: IsolationLevel): Promise<void>;
  /** Runs `work` so that the calls it makes, with whatever repository, join where this runner works. */
  inScope<T>(work: () => Promise<T>): Promise<T>;
  /**
   * As `inScope`, in a part of the transaction that is open: nobody else's statements come between, and what joined it is
   * waited for. It has no savepoint, so when it rejects the transaction has to be rolled back.
   */
  inPart<T>(work: () => Promise<T>): Promise<T>;
}

/** Whether a query runner is one of this lib. */
export const isFramed = (runner: QueryRunner): runner is FramedRunner => 'inScope' in runner;
