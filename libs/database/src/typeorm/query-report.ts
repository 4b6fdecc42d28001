import type { Clock } from 'penstock/kernel';
import { QueryFailedError, type QueryResult, type QueryRunner } from 'typeorm';
import { BroadcasterResult } from 'typeorm/subscriber/BroadcasterResult.js';

import { DatabaseError } from '../database.errors.js';

/** A query with the runner it goes through. */
export interface ReportedQuery {
  readonly runner: QueryRunner;
  readonly sql: string;
  readonly parameters: unknown[];
  readonly clock: Clock;
}

/**
 * Runs a query the way TypeORM's drivers do: logged, told to subscribers before and after, with a warning when it was
 * slow. An error of SQL becomes a QueryFailedError with the original in `driverError`.
 */
export async function reportQuery(
  query: ReportedQuery,
  run: () => Promise<QueryResult>,
): Promise<QueryResult> {
  const { runner, sql, parameters, clock } = query;
  runner.dataSource.logger.logQuery(sql, parameters, runner);
  const hasSubscribers = runner.dataSource.subscribers.length > 0;
  if (hasSubscribers) await runner.broadcaster.broadcast('BeforeQuery', sql, parameters);
  const startedAt = clock.monotonic();
  const after = new BroadcasterResult();
  try {
    const result = await run();
    const tookMs = clock.monotonic() - startedAt;
    reportSlow(query, tookMs);
    if (hasSubscribers) {
      runner.broadcaster.broadcastAfterQueryEvent(
        after,
        sql,
        parameters,
        true,
        tookMs,
        result.raw,
        undefined,
      );
    }
    return result;
  } catch (error) {
    throw reportFailure(query, error, after);
  } finally {
    if (after.promises.length > 0) await after.wait();
  }
}

function reportSlow({ runner, sql, parameters }: ReportedQuery, tookMs: number): void {
  const limitMs = runner.dataSource.options.maxQueryExecutionTime;
  if (limitMs === undefined || limitMs === 0 || tookMs <= limitMs) return;
  runner.dataSource.logger.logQuerySlow(tookMs, sql, parameters, runner);
}

function reportFailure(query: ReportedQuery, error: unknown, after: BroadcasterResult): unknown {
  const { runner, sql, parameters } = query;
  const cause = error instanceof Error ? error : new Error(String(error));
  runner.dataSource.logger.logQueryError(cause, sql, parameters, runner);
  runner.broadcaster.broadcastAfterQueryEvent(after, sql, parameters, false, undefined, undefined, cause);
  return cause instanceof DatabaseError ? cause : new QueryFailedError(sql, parameters, cause);
}
