import { TransactionNotStartedError } from 'typeorm';

import type { SqlitePool } from '../pool/sqlite-pool.js';
import type { CallSite } from '../transactions/call-site.js';
import type { Durability } from '../transactions/durability.js';
import { Frame, type FrameContext } from '../transactions/frame.js';
import type { LeakWatch } from '../transactions/leak-watch.js';
import type { Scope } from '../transactions/scope.js';
import { TransactionFrame } from '../transactions/transaction-frame.js';

/** What the runners of a data source share. */
export interface RunnerContext extends FrameContext {
  readonly pool: SqlitePool;
  readonly scope: Scope;
  readonly durability: Durability | undefined;
  readonly leaks: LeakWatch;
}

/** Where a runner works. */
export interface RunnerPlace {
  readonly readOnly: boolean;
  /** The frame to work in; without it, that of the running code, or one of the runner's own. */
  readonly host: Frame | undefined;
  /** Names the runner's work in timeouts and reports; without it, the statement that runs. */
  readonly label: string | undefined;
}

/**
 * Where a query runner works: the frame that it joined, or its own lease, which it takes on first use; and the
 * transactions that it began in there.
 */
export class RunnerFrames {
  readonly #transactions: TransactionFrame[] = [];
  #base: Frame | undefined;
  #leasing: Promise<Frame> | undefined;
  #unwatch: () => void = () => undefined;

  constructor(
    private readonly context: RunnerContext,
    private readonly place: RunnerPlace,
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
  async enter(statement: string): Promise<Frame> {
    const frame = this.#joined() ?? (await (this.#leasing ??= this.#lease(statement)));
    frame.lease.describe(statement);
    return frame;
  }

  /** Runs `work` so that the calls it makes join where this runner works. */
  run<T>(work: () => T): T {
    const frame = this.#joined();
    return frame === undefined ? work() : this.context.scope.run(frame, work);
  }

  /** Begins a transaction, or a savepoint if one is open. @param openedAt - where, for reports of leaks */
  async begin(durable: boolean, openedAt: CallSite | undefined): Promise<TransactionFrame> {
    const { durability } = this.context;
    const outer = await this.enter('transaction');
    const frame = await TransactionFrame.begin(outer, {
      durable,
      durability,
      readOnly: outer.lease.readOnly,
    });
    outer.lease.openedAt = openedAt ?? outer.lease.openedAt;
    this.#transactions.push(frame);
    return frame;
  }

  /** The innermost transaction that this runner began. @throws TransactionNotStartedError if there is none */
  innermost(): TransactionFrame {
    const frame = this.#transactions.at(-1);
    if (frame === undefined) throw new TransactionNotStartedError();
    return frame;
  }

  /** Forgets the innermost transaction, which has ended. */
  leaveInnermost(): void {
    this.#transactions.pop();
  }

  /** Rolls back what is still open and gives the connection back, or takes leave of the frame joined. Once. */
  async release(): Promise<void> {
    const base = this.#base ?? (await this.#leasing?.catch(() => undefined));
    if (base === undefined) return;
    while (this.#transactions.length > 0) await this.#transactions.pop()?.rollback();
    if (this.#leasing === undefined) base.leave();
    else await giveBack(base);
    this.#unwatch();
  }

  /** The frame to use if no lease has to be waited for. Inside a transaction that was begun in there, that one. */
  #joined(): Frame | undefined {
    if (this.#base === undefined && this.#leasing === undefined) {
      this.#base = this.#findHost();
      this.#base?.enter();
    }
    const own = this.#transactions.at(-1) ?? this.#base;
    if (own === undefined) return undefined;
    return this.context.scope.current((frame) => frame.isWithin(own)) ?? own;
  }

  #findHost(): Frame | undefined {
    const { host, readOnly } = this.place;
    return host ?? this.context.scope.current((frame) => readOnly || !frame.lease.readOnly);
  }

  async #lease(statement: string): Promise<Frame> {
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
}

/** Ends work on a lease. Whoever joined it and does not go in time is shut out, and the connection not used again. */
async function giveBack(base: Frame): Promise<void> {
  const alone = !base.hasGuests || (await base.waitForGuests());
  base.end();
  if (!alone) {
    base.lease.broken = true;
    base.lease.connection.interrupt();
    await base.lease.connection.run('ROLLBACK', []).catch(() => undefined);
  }
  base.lease.release();
}
