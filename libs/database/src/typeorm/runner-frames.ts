import { TransactionNotStartedError } from 'typeorm';
import type { IsolationLevel } from 'typeorm/driver/types/IsolationLevel.js';

import type { ConnectionPool } from '../pool/connection-pool.js';
import type { DatabaseStats } from '../pool/lease.js';
import type { PooledConnection } from '../ports/pooled-connection.js';
import type { SqliteConnection } from '../ports/sqlite-connection.js';
import type { CallSite } from '../transactions/call-site.js';
import type { Durability } from '../transactions/durability.js';
import { Frame, type FrameContext } from '../transactions/frame.js';
import type { StatementObserver } from '../ports/statement-observer.js';
import type { LeakWatch } from '../transactions/leak-watch.js';
import type { Scope } from '../transactions/scope.js';
import { TransactionFrame } from '../transactions/transaction-frame.js';

/** The connections of a database by their use. */
export interface Pools<Connection extends PooledConnection> {
  readonly readers: ConnectionPool<Connection>;
  readonly writer: ConnectionPool<Connection>;
  stats(): DatabaseStats;
  /** Lets work in progress end, then closes all. @throws DatabaseError `close_timeout` */
  close(): Promise<void>;
}

/** What the runners of a data source share. */
export interface RunnerContext<
  Connection extends PooledConnection = SqliteConnection,
> extends FrameContext<Connection> {
  readonly pool: Pools<Connection>;
  readonly scope: Scope<Frame<Connection>>;
  readonly leaks: LeakWatch;
  /** Runs the statements. */
  readonly statements: StatementObserver;
  /** How durable transactions of SQLite are made so, where they are not anyway. */
  readonly durability?: Durability | undefined;
}

/** Where a runner works. */
export interface RunnerPlace<Connection extends PooledConnection = SqliteConnection> {
  readonly readOnly: boolean;
  /** The frame to work in; without it, that of the running code, or one of the runner's own. */
  readonly host?: Frame<Connection> | undefined;
  /** Names the runner's work in timeouts and reports; without it, the statement that runs. */
  readonly label: string | undefined;
}

/** How a transaction of a runner begins. */
export interface Beginning {
  readonly durable: boolean;
  readonly isolation?: IsolationLevel | undefined;
  /** Where, for reports of leaks; not given for one inside of another. */
  readonly openedAt?: CallSite | undefined;
}

/**
 * Where a query runner works: the frame that it joined, or its own lease, which it takes on first use; and the
 * transactions that it began in there.
 */
export class RunnerFrames<Connection extends PooledConnection = SqliteConnection> {
  readonly #transactions: TransactionFrame<Connection>[] = [];
  #base: Frame<Connection> | undefined;
  #leasing: Promise<Frame<Connection>> | undefined;
  #unwatch: () => void = () => undefined;

  constructor(
    private readonly context: RunnerContext<Connection>,
    private readonly place: RunnerPlace<Connection>,
  ) {}

  /** Whether the next statement would be part of a transaction. */
  get inTransaction(): boolean {
    return this.#joined()?.inTransaction ?? false;
  }

  /** Whether this runner began a transaction that has not ended. */
  get hasTransaction(): boolean {
    return this.#transactions.length > 0;
  }

  /**
   * The frame for the next statement, leasing a connection if there is none yet.
   *
   * @param statement - what it does, for timeouts and reports
   */
  async enter(statement: string): Promise<Frame<Connection>> {
    const frame = this.#joined() ?? (await (this.#leasing ??= this.#lease(statement)));
    frame.lease.describe(statement);
    return frame;
  }

  /** Runs `work` so that the calls it makes join where this runner works. */
  run<T>(work: () => T): T {
    const frame = this.#joined();
    return frame === undefined ? work() : this.context.scope.run(frame, work);
  }

  /** Begins a transaction, or a savepoint if one is open. */
  async begin({ durable, isolation, openedAt }: Beginning): Promise<TransactionFrame<Connection>> {
    const { durability } = this.context;
    const outer = await this.enter('transaction');
    const frame = await TransactionFrame.begin(outer, {
      durable,
      durability,
      isolation,
      readOnly: outer.lease.readOnly,
    });
    outer.lease.openedAt = openedAt ?? outer.lease.openedAt;
    this.#transactions.push(frame);
    return frame;
  }

  /**
   * Runs `work`, which has nobody else's statements between its own, as a part of the open transaction, and waits for what
   * joined it. When it fails, the whole transaction is to be rolled back.
   */
  async part<T>(work: () => Promise<T>): Promise<T> {
    const outer = await this.enter('transaction');
    const options = { durable: false, readOnly: outer.lease.readOnly, isPart: true };
    const frame = await TransactionFrame.begin(outer, options);
    try {
      const result = await this.context.scope.run(frame, work);
      await frame.commit();
      return result;
    } catch (error) {
      await frame.rollback();
      throw error;
    }
  }

  /** The innermost transaction that this runner began. @throws TransactionNotStartedError if there is none */
  innermost(): TransactionFrame<Connection> {
    const frame = this.#transactions.at(-1);
    if (frame === undefined) throw new TransactionNotStartedError();
    return frame;
  }

  /** Forgets the innermost transaction, which has ended. */
  leaveInnermost(): void {
    this.#transactions.pop();
  }

  /** Rolls the innermost transaction back and forgets it. @throws TransactionNotStartedError if there is none */
  async rollBackInnermost(): Promise<void> {
    const frame = this.innermost();
    await this.context.statements.run('ROLLBACK', () => frame.rollback());
    this.leaveInnermost();
  }

  /** Rolls back what is still open and gives the connection back, or takes leave of the frame joined. Once. */
  async release(): Promise<void> {
    const base = this.#base ?? (await this.#leasing?.catch(() => undefined));
    if (base === undefined) return;
    while (this.hasTransaction) await this.rollBackInnermost();
    if (this.#leasing === undefined) base.leave();
    else await this.#giveBack(base);
    this.#unwatch();
  }

  /** The frame to use if no lease has to be waited for. Inside a transaction that was begun in there, that one. */
  #joined(): Frame<Connection> | undefined {
    if (this.#base === undefined && this.#leasing === undefined) {
      this.#base = this.#findHost();
      this.#base?.enter();
    }
    const own = this.#transactions.at(-1) ?? this.#base;
    if (own === undefined) return undefined;
    return this.context.scope.current((frame) => frame.isWithin(own)) ?? own;
  }

  #findHost(): Frame<Connection> | undefined {
    const { host, readOnly } = this.place;
    return host ?? this.context.scope.current((frame) => readOnly || !frame.lease.readOnly);
  }

  async #lease(statement: string): Promise<Frame<Connection>> {
    const { readers, writer } = this.context.pool;
    const { readOnly, label: name } = this.place;
    try {
      const lease = await (readOnly ? readers : writer).acquire(
        name === undefined ? { statement } : { name },
      );
      this.#base = new Frame(lease, this.context);
      this.#unwatch = this.context.leaks.watch(lease);
      return this.#base;
    } catch (error) {
      this.#leasing = undefined;
      throw error;
    }
  }

  /** Ends work on a lease. Whoever joined it and does not go in time is shut out, and the connection not used again. */
  async #giveBack(base: Frame<Connection>): Promise<void> {
    const alone = !base.hasGuests || (await base.waitForGuests());
    base.end();
    if (!alone) {
      const { connection } = base.lease;
      base.lease.broken = true;
      connection.interrupt();
      await this.context.statements
        .run('ROLLBACK', () => connection.run('ROLLBACK', []))
        .catch(() => undefined);
    }
    base.lease.release();
  }
}
