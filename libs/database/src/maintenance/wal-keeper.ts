import type { Clock } from 'penstock/kernel';

import type { Holder } from '../pool/lease.js';
import type { SqliteConnection, SqliteEngine } from '../ports/sqlite-connection.js';
import { sizeOf } from './files.js';

/** Told of what somebody should look into; Nest's `Logger` fits. */
export interface MaintenanceLog {
  warn(message: string): void;
  log(message: string): void;
}

/** What the log's keeper needs to know. */
export interface WalKeeperOptions {
  /** The database file. */
  readonly path: string;
  /** A log larger than this, in bytes, is reported. */
  readonly limitBytes: number;
  readonly engine: SqliteEngine;
  readonly clock: Clock;
  readonly log: MaintenanceLog;
  /** Runs `work` with the writer held, or not at all when somebody writes. */
  readonly whileNobodyWrites: (work: () => Promise<void>) => Promise<void>;
  /** Who has read for longest, which is what keeps the log from being emptied. */
  readonly longestReader: () => Holder | null;
}

/** One move of the log's content into the database file. */
export interface CheckpointReport {
  /** When it ended, in milliseconds since 1970. */
  readonly at: number;
  /** `TRUNCATE` also empties the log; it follows a complete `PASSIVE` one when nobody writes. */
  readonly mode: 'PASSIVE' | 'TRUNCATE';
  /** Whether everything was moved. Reads that began before keep the rest back. */
  readonly complete: boolean;
  /** Why it failed; `null` when it did not. */
  readonly error: string | null;
}

/** The write-ahead log. */
export interface WalState {
  readonly bytes: number;
  readonly limitBytes: number;
  /** Since when it is over the limit, in milliseconds since 1970; `null` when it is not. */
  readonly overLimitSince: number | null;
  readonly lastCheckpoint: CheckpointReport | null;
}

/**
 * Moves the log into the database file on a connection of its own, so that no writer waits for it, and tells once when
 * the log has outgrown its limit, and once when it is small again.
 */
export class WalKeeper {
  #connection: SqliteConnection | undefined;
  #round: Promise<void> | undefined;
  #overLimitSince: number | null = null;
  #lastCheckpoint: CheckpointReport | null = null;

  constructor(private readonly options: WalKeeperOptions) {}

  async state(): Promise<WalState> {
    const { limitBytes } = this.options;
    return {
      bytes: await this.#bytes(),
      limitBytes,
      overLimitSince: this.#overLimitSince,
      lastCheckpoint: this.#lastCheckpoint,
    };
  }

  /** One round; joins the one that is under way. Never rejects. */
  look(): Promise<void> {
    this.#round ??= this.#lookOnce().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  /** Waits for the round under way, and closes the connection. */
  async close(): Promise<void> {
    await this.#round;
    await this.#disconnect();
  }

  async #lookOnce(): Promise<void> {
    try {
      if ((await this.#bytes()) > 0) await this.#shrink();
      this.#report(await this.#bytes());
    } catch (error) {
      this.options.log.warn(`The write-ahead log could not be looked at: ${String(error)}`);
    }
  }

  /** The long part runs beside writers; they are kept waiting for the short one only. */
  async #shrink(): Promise<void> {
    await this.#checkpoint('PASSIVE');
    if (this.#lastCheckpoint?.complete !== true) return;
    await this.options.whileNobodyWrites(() => this.#checkpoint('TRUNCATE'));
  }

  async #checkpoint(mode: CheckpointReport['mode']): Promise<void> {
    const { clock } = this.options;
    const report = (complete: boolean, error: string | null): void => {
      this.#lastCheckpoint = { at: clock.now(), mode, complete, error };
    };
    try {
      this.#connection ??= await this.#open();
      const [row] = await this.#connection.all(`PRAGMA wal_checkpoint(${mode})`, []);
      report(row?.['busy'] === 0 && row['log'] === row['checkpointed'], null);
    } catch (error) {
      report(false, String(error));
      await this.#disconnect();
    }
  }

  /** A checkpoint that has to wait for somebody is made the next time. */
  async #open(): Promise<SqliteConnection> {
    const connection = await this.options.engine.open(this.options.path, 'read-write');
    await connection.exec('PRAGMA busy_timeout = 0');
    return connection;
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  #report(bytes: number): void {
    const { limitBytes, clock, log } = this.options;
    const isOver = bytes > limitBytes;
    if (isOver === (this.#overLimitSince !== null)) return;
    this.#overLimitSince = isOver ? clock.now() : null;
    if (isOver)
      log.warn(
        `The write-ahead log has grown to ${inMiB(bytes)} (limit ${inMiB(limitBytes)}). ${this.#culprit()}`,
      );
    else log.log(`The write-ahead log is down to ${inMiB(bytes)} again.`);
  }

  #culprit(): string {
    const error = this.#lastCheckpoint?.error;
    if (error != null) return `It cannot be moved into the database: ${error}`;
    const reader = this.options.longestReader();
    if (reader === null) return 'Nobody reads: writes come faster than they can be moved into the database.';
    const seconds = (reader.heldMs / 1_000).toFixed(1);
    return `Most likely "${reader.label}" keeps it, which has been reading for ${seconds} s. Make such reads shorter.`;
  }

  #bytes(): Promise<number> {
    return sizeOf(`${this.options.path}-wal`);
  }
}

const inMiB = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
