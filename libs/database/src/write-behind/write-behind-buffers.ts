import { Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Clock } from 'penstock/kernel';

import type { DatabasePool } from '../database-pool.js';
import { WriteBehind, type WriteBehindStats } from './write-behind.js';
import type { WriteBehindOptions } from './write-behind.options.js';

/** Makes write-behind buffers, and empties them before the database closes. */
export class WriteBehindBuffers implements BeforeApplicationShutdown {
  readonly #buffers: Pick<WriteBehind<unknown>, 'name' | 'stats' | 'close'>[] = [];
  readonly #log = new Logger('WriteBehind');

  constructor(
    private readonly pool: DatabasePool,
    private readonly clock: Clock,
  ) {}

  /** @throws RangeError for an option out of bounds; Error when the name is taken */
  create<Row>(options: WriteBehindOptions<Row>): WriteBehind<Row> {
    if (this.#buffers.some(({ name }) => name === options.name))
      throw new Error(`There is a write-behind buffer "${options.name}" already. Choose another name.`);
    const buffer = new WriteBehind(options, {
      clock: this.clock,
      log: this.#log,
      transaction: (work, label) => this.pool.transaction(work, { label }),
    });
    this.#buffers.push(buffer);
    return buffer;
  }

  /** Every buffer by its name. */
  stats(): ReadonlyMap<string, WriteBehindStats> {
    return new Map(this.#buffers.map((buffer) => [buffer.name, buffer.stats()]));
  }

  /** The module of the database is the last to be told of the end, so that what others count at theirs gets in. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.#buffers.map((buffer) => buffer.close()));
  }
}
