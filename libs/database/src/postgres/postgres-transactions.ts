import type { BeginOptions, TransactionDialect } from '../transactions/transaction-dialect.js';
import type { PostgresConnection } from './postgres-connection.js';

/**
 * Transactions of PostgreSQL. SERIALIZABLE unless asked otherwise: processes that work at the same time get what one
 * after the other would have got, or are told to try again. The id is taken at the begin, in the same round trip: with
 * it a commit whose answer is lost can be looked up.
 */
export const POSTGRES_TRANSACTIONS: TransactionDialect<PostgresConnection> = Object.freeze({
  opening: ({ durable, readOnly, isolation }: BeginOptions) => {
    if (readOnly) return `BEGIN ISOLATION LEVEL ${isolation ?? 'REPEATABLE READ'} READ ONLY`;
    return [
      `BEGIN ISOLATION LEVEL ${isolation ?? 'SERIALIZABLE'} READ WRITE`,
      ...(durable ? ['SET LOCAL synchronous_commit = on'] : []),
      'SELECT pg_current_xact_id()::text AS transaction_id',
    ].join('; ');
  },
  // The transaction stays open until it is rolled back; the server itself refuses what comes after an error.
  isRolledBack: () => Promise.resolve(false),
});
