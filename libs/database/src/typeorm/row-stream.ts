import { Readable } from 'node:stream';

/** Rows one by one. */
export interface RowCursor {
  /** The next row, or `undefined` after the last one. */
  next(): Promise<object | undefined>;
  /** Ends the statement, before or after its last row. */
  close(): Promise<void>;
}

/** Rows as an object stream; a row is fetched when the reader asks for it, so memory stays bounded. */
export class RowStream extends Readable {
  /** Parts of TypeORM's declared type (a file stream) that mean nothing here. */
  readonly path = '';
  readonly bytesRead = 0;
  readonly pending = false;

  /**
   * @param onClosed - called once: after the last row, on an error, or when the reader went away
   */
  constructor(
    private readonly cursor: RowCursor,
    private readonly onClosed: () => Promise<void>,
  ) {
    super({ objectMode: true, highWaterMark: 16 });
  }

  override _read(): void {
    this.cursor.next().then(
      (row) => this.push(row ?? null),
      (error: unknown) => this.destroy(toError(error)),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#end().then(
      () => {
        done(error);
      },
      (failure: unknown) => {
        done(error ?? toError(failure));
      },
    );
  }

  /** As `destroy()`. */
  close(callback?: (error?: Error | null) => void): void {
    if (callback !== undefined) this.once('close', callback);
    this.destroy();
  }

  async #end(): Promise<void> {
    try {
      await this.cursor.close();
    } finally {
      await this.onClosed();
    }
  }
}

const toError = (value: unknown): Error => (value instanceof Error ? value : new Error(String(value)));
