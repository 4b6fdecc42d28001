import type { Clock } from 'penstock/kernel';
import type { WaitObserver } from 'penstock/concurrency';

import { DatabaseError } from '../database.errors.js';
import type { PooledConnection } from '../ports/pooled-connection.js';
import type { SqliteConnection } from '../ports/sqlite-connection.js';
import type { ConnectionStats, Holder, Lease, Purpose } from './lease.js';
import { beginToldWait, type EndWait } from './told-wait.js';
import { WaitHistogram } from './wait-histogram.js';

/** How a {@link ConnectionPool} is made. */
export interface ConnectionPoolOptions<Connection extends PooledConnection = SqliteConnection> {
  /** Resource name in reports and errors. */
  readonly name: string;
  readonly size: number;
  readonly readOnly: boolean;
  /** Whether a broken connection may be closed and opened again: not if the data live in it. */
  readonly replaceable: boolean;
  readonly acquireTimeoutMs: number;
  readonly clock: Clock;
  readonly observer: WaitObserver;
  /** Opens a connection: at the start, and in place of a broken one. */
  readonly open: () => Promise<Connection>;
}

interface Slot<Connection> {
  connection: Connection | undefined;
}

interface Waiter<Connection> {
  grant(slot: Slot<Connection>): void;
  fail(outcome: 'timeout' | 'aborted'): void;
}

interface HeldLease<Connection extends PooledConnection> extends Lease<Connection> {
  label: string;
  readonly since: number;
}

/**
 * A fixed number of connections, leased first come, first served: a release hands its connection to the caller that
 * waited longest, and no newcomer gets in between.
 */
export class ConnectionPool<Connection extends PooledConnection = SqliteConnection> {
  readonly #idle: Slot<Connection>[] = [];
  readonly #waiters = new Set<Waiter<Connection>>();
  readonly #leases = new Set<HeldLease<Connection>>();
  readonly #waits = new WaitHistogram();
  #closed = false;
  #whenIdle: (() => void) | undefined;

  constructor(private readonly options: ConnectionPoolOptions<Connection>) {
    for (let index = 0; index < options.size; index += 1) this.#idle.push({ connection: undefined });
  }

  /** Opens every connection that is not open yet. Call it before the first lease. */
  async openAll(): Promise<void> {
    await Promise.all(this.#idle.map(async (slot) => (slot.connection ??= await this.options.open())));
  }

  stats(): ConnectionStats {
    const { size } = this.options;
    const [oldest] = this.#leases;
    return {
      size,
      active: size - this.#idle.length,
      idle: this.#idle.length,
      waiting: this.#waiters.size,
      waits: this.#waits.stats(),
      longest: oldest === undefined ? null : this.#holder(oldest),
    };
  }

  /**
   * @throws DatabaseError `acquire_timeout` naming the holder, `database_closed` once `close()` was called
   */
  async acquire(purpose: Purpose): Promise<Lease<Connection>> {
    if (this.#closed) throw this.#closedError();
    const slot = this.#takeIdle() ?? (await this.#wait());
    if (slot.connection?.isLost === true) slot.connection = undefined;
    try {
      slot.connection ??= await this.options.open();
    } catch (error) {
      this.#handOn(slot);
      throw error;
    }
    return this.#lease(slot, slot.connection, purpose);
  }

  /**
   * Refuses new leases and lets those given and those in line end, for at most `timeoutMs`.
   *
   * @returns what still runs, for people; empty when all ended in time
   */
  async drain(timeoutMs: number): Promise<string[]> {
    this.#closed = true;
    await this.#idleWithin(timeoutMs);
    for (const waiter of [...this.#waiters]) waiter.fail('aborted');
    return [...this.#leases].map((lease) => this.#describe(lease));
  }

  /**
   * Closes every connection, leased ones too; what runs on those fails. Drain first.
   *
   * @param before - run on each connection that is not leased
   */
  async close(before: (connection: Connection) => Promise<void> = () => Promise.resolve()): Promise<void> {
    const open = this.#idle.flatMap(({ connection }) => connection ?? []);
    await Promise.all(open.map(before));
    for (const { connection } of this.#leases) {
      connection.interrupt();
      open.push(connection);
    }
    await Promise.all(open.map((connection) => connection.close()));
  }

  #takeIdle(): Slot<Connection> | undefined {
    const slot = this.#idle.pop();
    if (slot !== undefined) this.#waits.observe(0);
    return slot;
  }

  /**
   * Begins a wait of somebody who takes no lease, since another one takes it for both. No wait if nothing is leased.
   *
   * @returns ends and reports it, as the wait of whoever began it
   */
  beginWait(): EndWait {
    return this.#leases.size === 0 ? () => undefined : this.#reported();
  }

  /** Begins a wait for the commit of whoever has a lease, by somebody whose work is a part of that. No wait for a connection. */
  beginCommitWait(): EndWait {
    return this.#told('database.commit', () => undefined);
  }

  #reported(): EndWait {
    return this.#told(this.options.name, (waitedMs) => {
      this.#waits.observe(waitedMs);
    });
  }

  #told(resource: string, note: (waitedMs: number) => void): EndWait {
    const [oldest] = this.#leases;
    return beginToldWait({ ...this.options, resource, holder: () => oldest?.label, note });
  }

  #wait(): Promise<Slot<Connection>> {
    const { clock, acquireTimeoutMs } = this.options;
    const report = this.#reported();
    return new Promise((resolve, reject) => {
      const waiter: Waiter<Connection> = {
        grant: (slot) => {
          timer.cancel();
          report('acquired');
          resolve(slot);
        },
        fail: (outcome) => {
          timer.cancel();
          this.#waiters.delete(waiter);
          report(outcome);
          reject(outcome === 'timeout' ? this.#timeoutError() : this.#closedError());
        },
      };
      const timer = clock.setTimer(
        () => {
          waiter.fail('timeout');
        },
        acquireTimeoutMs,
        { keepAlive: true },
      );
      this.#waiters.add(waiter);
    });
  }

  #lease(slot: Slot<Connection>, connection: Connection, purpose: Purpose): Lease<Connection> {
    const lease: HeldLease<Connection> = {
      resource: this.options.name,
      connection,
      label: 'name' in purpose ? purpose.name : purpose.statement,
      describe: (statement) => {
        if (!('name' in purpose)) lease.label = statement;
      },
      readOnly: this.options.readOnly,
      aborted: undefined,
      openedAt: undefined,
      broken: false,
      since: this.options.clock.monotonic(),
      release: () => {
        if (!this.#leases.delete(lease)) return;
        if (lease.broken && this.options.replaceable) {
          slot.connection = undefined;
          void connection.close().catch(() => undefined);
        }
        this.#handOn(slot);
      },
    };
    this.#leases.add(lease);
    return lease;
  }

  #handOn(slot: Slot<Connection>): void {
    const [next] = this.#waiters;
    if (next === undefined) {
      this.#idle.push(slot);
    } else {
      this.#waiters.delete(next);
      next.grant(slot);
    }
    if (this.#idle.length === this.options.size) this.#whenIdle?.();
  }

  #idleWithin(timeoutMs: number): Promise<void> {
    if (this.#idle.length === this.options.size) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.options.clock.setTimer(resolve, timeoutMs, { keepAlive: true });
      this.#whenIdle = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  #holder({ label, since }: HeldLease<Connection>): Holder {
    return { label, heldMs: this.options.clock.monotonic() - since };
  }

  #describe(lease: HeldLease<Connection>): string {
    const { label, heldMs } = this.#holder(lease);
    return `"${label}" for ${heldMs.toFixed(0)} ms`;
  }

  #timeoutError(): DatabaseError {
    const { name, acquireTimeoutMs } = this.options;
    const holders = [...this.#leases].map((lease) => this.#describe(lease)).join(', ');
    return DatabaseError.of(
      'acquire_timeout',
      `Waited ${acquireTimeoutMs} ms for ${name}, held by ${holders}; ${this.#waiters.size} more are in line. ` +
        'Shorten that operation, or raise acquireTimeoutMs.',
    );
  }

  #closedError(): DatabaseError {
    return DatabaseError.of('database_closed', `${this.options.name} is closed; no further work is taken.`);
  }
}
