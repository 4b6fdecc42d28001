import { Injectable } from '@nestjs/common';
import { SingleFlight } from 'penstock/concurrency';
import { DatabasePool } from 'penstock/database';
import { MoreThan } from 'typeorm';

import { Generation } from './generation.entity.js';

/** Generations that are read, and held by a reader, at once. */
export const CHANGES_AT_ONCE = 10;

/** The generations of a key that changed, in the order of their last changes. Readers at one place share the read. */
@Injectable()
export class ChangesSince {
  readonly #flights = new SingleFlight<string, readonly Generation[]>();

  constructor(private readonly pool: DatabasePool) {}

  /**
   * At most {@link CHANGES_AT_ONCE} generations whose serial is above `serial`, lowest first.
   *
   * @param ownerId - `null` for those of every key
   * @param known - the highest serial that the caller knows of; a read that began before it is not shared
   */
  of(ownerId: string | null, serial: number, known: number): Promise<readonly Generation[]> {
    return this.#flights.run(`${ownerId ?? ''}:${String(serial)}:${String(known)}`, () =>
      this.pool.read((manager) =>
        manager.find(Generation, {
          where: { ...(ownerId === null ? {} : { ownerId }), serial: MoreThan(serial) },
          order: { serial: 'ASC' },
          take: CHANGES_AT_ONCE,
        }),
      ),
    );
  }
}
