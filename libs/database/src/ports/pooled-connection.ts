/** What the pool and its transactions need of a connection, whichever database it leads to. */
export interface PooledConnection {
  /** Whether it is of no use any more; it is then replaced before its next lease. @defaultValue false */
  readonly isLost?: boolean;
  /** Runs one statement to its end. */
  run(sql: string, parameters: readonly []): Promise<unknown>;
  /** Runs statements without parameters, separated by semicolons, in one call. */
  exec(script: string): Promise<void>;
  /** Makes the statement that runs now, if any, fail. */
  interrupt(): void;
  /** Rolls back what is open. Idempotent. */
  close(): Promise<void>;
}
