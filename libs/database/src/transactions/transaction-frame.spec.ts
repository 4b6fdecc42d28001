import { ManualClock } from 'penstock/kernel/testing';
import { QueryFailedError } from 'typeorm';
import { beforeEach, describe, expect, it } from 'vitest';

import { FakeConnection } from '../../testing/index.js';
import type { Lease } from '../pool/lease.js';
import { Frame } from './frame.js';
import type { BeginOptions } from './transaction-dialect.js';
import { TransactionFrame } from './transaction-frame.js';

/** Fails the statements whose text is listed. */
class FailingConnection extends FakeConnection {
  readonly failing = new Set<string>();

  override async run(sql: string): Promise<{ lastId: number; changes: number }> {
    const result = await super.run(sql);
    if (this.failing.has(sql)) throw new Error(`SQLITE_IOERR: ${sql}`);
    return result;
  }

  /** As SQLite does it: one after the other, up to the first that fails. */
  override async exec(script: string): Promise<void> {
    for (const sql of script.split('; ')) await this.run(sql);
  }
}

const NORMAL = { raise: 'RAISE', restore: 'RESTORE' };

describe('TransactionFrame', () => {
  let clock: ManualClock;
  let connection: FailingConnection;
  let lease: Lease;
  let base: Frame;

  beforeEach(() => {
    clock = new ManualClock();
    connection = new FailingConnection();
    lease = {
      connection,
      label: 'test',
      readOnly: false,
      aborted: undefined,
      broken: false,
      resource: 'database.writer',
      openedAt: undefined,
      describe: () => undefined,
      release: () => undefined,
    };
    base = new Frame(lease, { clock, timeoutMs: 100 });
  });

  const begin = (outer: Frame = base, options: Partial<BeginOptions> = {}): Promise<TransactionFrame> =>
    TransactionFrame.begin(outer, { durable: false, durability: NORMAL, readOnly: false, ...options });
  const sent = (): string[] => connection.statements;

  it('begins with the write lock, or without where only reads can follow', async () => {
    await (await begin()).commit();
    await (await begin(base, { readOnly: true })).commit();
    expect(sent()).toEqual(['BEGIN IMMEDIATE', 'COMMIT', 'BEGIN', 'COMMIT']);
  });

  it('is a savepoint inside of another one', async () => {
    const outer = await begin();
    await (await begin(outer)).commit();
    const second = await begin(outer);
    await (await begin(second)).rollback();
    await second.rollback();
    await outer.commit();
    expect(sent()).toEqual([
      ...[
        'BEGIN IMMEDIATE',
        'SAVEPOINT level_1',
        'RELEASE level_1',
        'SAVEPOINT level_1',
        'SAVEPOINT level_2',
      ],
      ...['ROLLBACK TO level_2', 'RELEASE level_2', 'ROLLBACK TO level_1', 'RELEASE level_1', 'COMMIT'],
    ]);
  });

  it('is nothing but its own statements as a part of another one, and a savepoint inside of that', async () => {
    const outer = await begin();
    const part = await begin(outer, { isPart: true });
    const later = outer.statement((own) => own.run('LATER', []));
    await part.statement((own) => own.run('INSIDE', []));
    await (await begin(part)).commit();
    await part.commit();
    await later;
    await (await begin(outer, { isPart: true })).rollback();
    await outer.rollback();
    expect(sent()).toEqual([
      ...['BEGIN IMMEDIATE', 'INSIDE', 'SAVEPOINT level_2', 'RELEASE level_2', 'LATER', 'ROLLBACK'],
    ]);
  });

  it('keeps statements of the frame around it waiting until it ends', async () => {
    const frame = await begin();
    const outside = base.statement((own) => own.run('OUTSIDE', []));
    await frame.statement((own) => own.run('INSIDE', []));
    await frame.commit();
    await outside;
    expect(sent()).toEqual(['BEGIN IMMEDIATE', 'INSIDE', 'COMMIT', 'OUTSIDE']);
  });

  it('runs one statement at a time, in the order they came', async () => {
    const frame = await begin();
    let running = 0;
    const order: number[] = [];
    const statement = (index: number): Promise<void> =>
      frame.statement(async () => {
        running += 1;
        expect(running).toBe(1);
        await Promise.resolve();
        order.push(index);
        running -= 1;
      });
    await Promise.all([0, 1, 2, 3].map(statement));
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it('commits only when its guests are gone, also one who comes at the last moment', async () => {
    const frame = await begin();
    const ended: string[] = [];
    const long = frame.statement(() => clock.sleep(10)).then(() => ended.push('statement'));
    const commit = frame.commit().then(() => ended.push('commit'));
    await clock.advance(5);
    frame.enter();
    await clock.advance(5);
    await frame.statement((own) => own.run('GUEST', []));
    ended.push('guest');
    frame.leave();
    await Promise.all([long, commit]);
    expect(ended).toEqual(['statement', 'guest', 'commit']);
    expect(sent()).toEqual(['BEGIN IMMEDIATE', 'GUEST', 'COMMIT']);
  });

  it('cannot be committed after a guest overstayed, only rolled back', async () => {
    const frame = await begin();
    frame.enter();
    const commit = expect(frame.commit()).rejects.toMatchObject({ code: 'transaction_busy' });
    await clock.advance(100);
    await commit;
    const rollback = frame.rollback();
    await clock.advance(100);
    await rollback;
    expect(sent()).toEqual(['BEGIN IMMEDIATE', 'ROLLBACK']);
    expect(connection.interrupted).toBe(true);
    await expect(frame.statement((own) => own.run('LATE', []))).rejects.toMatchObject({
      code: 'transaction_ended',
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives up its turn when it cannot begin', async () => {
    connection.failing.add('BEGIN IMMEDIATE');
    await expect(begin()).rejects.toBeInstanceOf(QueryFailedError);
    connection.failing.clear();
    await base.statement((own) => own.run('NEXT', []));
    expect(sent()).toEqual(['BEGIN IMMEDIATE', 'NEXT']);
  });

  it('refuses statements between a commit that failed and the rollback', async () => {
    connection.failing.add('COMMIT');
    const frame = await begin();
    await expect(frame.commit()).rejects.toMatchObject({ query: 'COMMIT', message: 'SQLITE_IOERR: COMMIT' });
    await expect(frame.statement((own) => own.run('LATE', []))).rejects.toMatchObject({
      code: 'transaction_ended',
    });
    await frame.rollback();
    expect(sent()).toEqual(['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK']);
    expect(lease.broken).toBe(false);
  });

  it('marks a connection that cannot be rolled back, and does not throw', async () => {
    connection.failing.add('ROLLBACK');
    await (await begin()).rollback();
    expect(lease.broken).toBe(true);
  });

  it('leaves the connection alone once the frame around it is over', async () => {
    const frame = await begin();
    base.end();
    await frame.rollback();
    await expect(frame.commit()).rejects.toMatchObject({ code: 'transaction_ended' });
    expect(sent()).toEqual(['BEGIN IMMEDIATE']);
  });

  describe('after an error inside of it', () => {
    const failure = new Error('SQLITE_FULL');
    const failStatement = (frame: Frame): Promise<unknown> =>
      frame.statement(() => Promise.reject(failure)).catch((error: unknown) => error);

    it('goes on if SQLite did not end it', async () => {
      connection.failing.add('BEGIN');
      const frame = await begin();
      expect(await failStatement(frame)).toBe(failure);
      await frame.statement((own) => own.run('NEXT', []));
      await frame.commit();
      expect(sent()).toEqual(['BEGIN IMMEDIATE', 'BEGIN', 'NEXT', 'COMMIT']);
    });

    it('is over, and every one inside and around it, if SQLite rolled it back', async () => {
      const frame = await begin();
      const inner = await begin(frame);
      await failStatement(inner);
      for (const end of [() => inner.statement(() => Promise.resolve()), () => inner.commit()]) {
        await expect(end()).rejects.toMatchObject({ code: 'transaction_aborted', cause: failure });
      }
      connection.failing.add('ROLLBACK TO level_1').add('ROLLBACK');
      await inner.rollback();
      await expect(frame.commit()).rejects.toMatchObject({ code: 'transaction_aborted' });
      await frame.rollback();
      expect(lease).toMatchObject({ broken: false, aborted: undefined });
    });
  });

  describe('that is durable', () => {
    it('raises the level around it', async () => {
      await (await begin(base, { durable: true })).commit();
      await (await begin(base, { durable: true })).rollback();
      expect(sent()).toEqual([
        ...['RAISE', 'BEGIN IMMEDIATE', 'COMMIT', 'RESTORE'],
        ...['RAISE', 'BEGIN IMMEDIATE', 'ROLLBACK', 'RESTORE'],
      ]);
    });

    it('leaves a level alone that is high enough', async () => {
      await (await begin(base, { durable: true, durability: undefined })).commit();
      expect(sent()).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
    });

    it('leaves it to the outermost one', async () => {
      const outer = await begin(base, { durable: true });
      await (await begin(outer, { durable: true })).commit();
      await outer.commit();
      expect(sent()).toEqual([
        ...['RAISE', 'BEGIN IMMEDIATE', 'SAVEPOINT level_1', 'RELEASE level_1', 'COMMIT', 'RESTORE'],
      ]);
    });

    it('restores the level when it cannot begin', async () => {
      connection.failing.add('BEGIN IMMEDIATE');
      await expect(begin(base, { durable: true })).rejects.toThrow('SQLITE_IOERR');
      expect(sent()).toEqual(['RAISE', 'BEGIN IMMEDIATE', 'RESTORE']);
    });

    it('restores the level when it cannot commit, after the rollback', async () => {
      connection.failing.add('COMMIT');
      const frame = await begin(base, { durable: true });
      await expect(frame.commit()).rejects.toMatchObject({ query: 'COMMIT' });
      await frame.rollback();
      expect(sent()).toEqual(['RAISE', 'BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK', 'RESTORE']);
    });

    it('marks a connection whose level cannot be restored', async () => {
      connection.failing.add('RESTORE');
      await (await begin(base, { durable: true })).rollback();
      expect(lease.broken).toBe(true);
    });

    it('cannot be begun inside of one that is not, which keeps its turn', async () => {
      const outer = await begin();
      await expect(begin(outer, { durable: true })).rejects.toMatchObject({ code: 'durability_conflict' });
      await outer.statement((own) => own.run('NEXT', []));
      await outer.commit();
      expect(sent()).toEqual(['BEGIN IMMEDIATE', 'NEXT', 'COMMIT']);
    });
  });
});
