import type { IsolationLevel } from 'typeorm/driver/types/IsolationLevel.js';

import type { PooledConnection } from '../ports/pooled-connection.js';
import type { Durability } from './durability.js';

/** How a transaction is begun. */
export interface BeginOptions {
  /** Makes the commit wait for the disk. Only for outermost transactions; not for those of readers. */
  readonly durable: boolean;
  /** How SQLite is told to wait, and not to wait any more; without it every commit waits anyway. */
  readonly durability?: Durability | undefined;
  readonly readOnly: boolean;
  /** A stretch of the transaction around it that has no savepoint: what undoes it is the rollback of the whole. */
  readonly isPart?: boolean;
  /** @defaultValue the strongest that the database has */
  readonly isolation?: IsolationLevel | undefined;
}

/** What databases do differently about transactions. */
export interface TransactionDialect<Connection extends PooledConnection> {
  /** The statement that begins an outermost one. */
  opening(options: BeginOptions): string;
  /** Whether an error in a transaction made the database end it. */
  isRolledBack(connection: Connection): Promise<boolean>;
}

/** Transactions of SQLite take the write lock at once: one that reads first and then writes could not have it later. */
export const SQLITE_TRANSACTIONS: TransactionDialect<PooledConnection> = Object.freeze({
  opening: ({ readOnly }: BeginOptions) => (readOnly ? 'BEGIN' : 'BEGIN IMMEDIATE'),
  isRolledBack,
});

/**
 * Some errors (a full disk, a conflict with OR ROLLBACK) make SQLite roll the whole transaction back. Without noticing,
 * later statements would be committed one by one. A second BEGIN succeeds only where no transaction is open.
 */
async function isRolledBack(connection: PooledConnection): Promise<boolean> {
  try {
    await connection.run('BEGIN', []);
  } catch {
    return false;
  }
  await connection.run('ROLLBACK', []);
  return true;
}
