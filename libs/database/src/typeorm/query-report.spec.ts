import { ManualClock } from 'penstock/kernel/testing';
import {
  EventSubscriber,
  QueryFailedError,
  type AfterQueryEvent,
  type BeforeQueryEvent,
  type EntitySubscriberInterface,
  type Logger,
} from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { PooledSqliteDataSource } from './pooled-sqlite-data-source.js';

class RecordingLogger implements Logger {
  readonly lines: unknown[][] = [];

  logQuery(query: string, parameters?: unknown[]): void {
    this.lines.push(['query', query, parameters]);
  }

  logQueryError(error: string | Error, query: string): void {
    this.lines.push(['error', query, error instanceof Error ? error.message : error]);
  }

  logQuerySlow(time: number, query: string): void {
    this.lines.push(['slow', query, time > 0]);
  }

  logSchemaBuild(): void {
    // Not of interest.
  }

  logMigration(): void {
    // Not of interest.
  }

  log(): void {
    // Not of interest.
  }
}

/** Goes on by `step` milliseconds each time it is read. */
class SteppingClock extends ManualClock {
  step = 0;
  #passed = 0;

  override monotonic(): number {
    this.#passed += this.step;
    return super.monotonic() + this.#passed;
  }
}

const events: unknown[][] = [];

@EventSubscriber()
class RecordsQueries implements EntitySubscriberInterface {
  beforeQuery({ query }: BeforeQueryEvent): void {
    events.push(['before', query]);
  }

  async afterQuery({ query, success, rawResults }: AfterQueryEvent): Promise<void> {
    await Promise.resolve();
    events.push(['after', query, success, rawResults]);
  }
}

describe('queries', () => {
  let clock: SteppingClock;
  let logger: RecordingLogger;
  let source: PooledSqliteDataSource;

  beforeEach(async () => {
    clock = new SteppingClock();
    logger = new RecordingLogger();
    source = await new PooledSqliteDataSource({
      path: ':memory:',
      logger,
      subscribers: [RecordsQueries],
      maxQueryExecutionTime: 5,
      clock,
    }).initialize();
    logger.lines.length = 0;
    events.length = 0;
  });

  afterEach(() => source.destroy());

  it('are logged and told to subscribers, with what they returned', async () => {
    await source.query('SELECT ? AS one', [1]);
    expect(logger.lines).toEqual([['query', 'SELECT ? AS one', [1]]]);
    expect(events).toEqual([
      ['before', 'SELECT ? AS one'],
      ['after', 'SELECT ? AS one', true, [{ one: 1 }]],
    ]);
  });

  it('are logged with the transaction around them', async () => {
    await source.transaction(async (manager) => {
      await manager.transaction((inner) => inner.query('SELECT 1'));
      const failing = manager.transaction(() => Promise.reject(new Error('no')));
      await expect(failing).rejects.toThrow('no');
    });
    expect(logger.lines.map(([, query]) => query)).toEqual([
      ...['BEGIN IMMEDIATE', 'SAVEPOINT level_1', 'SELECT 1', 'RELEASE level_1'],
      ...['SAVEPOINT level_1', 'ROLLBACK', 'COMMIT'],
    ]);
  });

  it('that fail are logged, told and thrown with the error of SQLite', async () => {
    const error: unknown = await source.query('SELECT absent').catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(QueryFailedError);
    expect(error).toMatchObject({ query: 'SELECT absent', driverError: { code: 'SQLITE_ERROR' } });
    expect(logger.lines[1]).toEqual(['error', 'SELECT absent', 'SQLITE_ERROR: no such column: absent']);
    expect(events[1]).toEqual(['after', 'SELECT absent', false, undefined]);
  });

  it('that are slow are reported as such', async () => {
    clock.step = 5;
    await source.query('SELECT 1');
    clock.step = 6;
    await source.query('SELECT 2');
    expect(logger.lines.filter(([kind]) => kind === 'slow')).toEqual([['slow', 'SELECT 2', true]]);
  });
});
