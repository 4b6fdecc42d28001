import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { GenerationStatus } from './generation-status.js';
import type { Generation } from './generation.entity.js';

/** Writes rows of its own in the transaction of each change of a generation's status. */
export interface ChangeRecorder {
  /** Looks at a generation before its row is made. What it throws refuses the request. */
  admit(generation: Generation): void;
  /** No row was made of a generation that may have been admitted. Does nothing for one that is not known. */
  abandon?(generation: Generation): void;
  /** Whether it writes anything about this change. Answers from memory. */
  concerns(generation: Generation, status: GenerationStatus): boolean;
  /**
   * Writes, in the transaction of the change, which is rolled back when this rejects. It may run more than once of which
   * one counts.
   *
   * @param generation - the row as the change leaves it
   */
  record(manager: EntityManager, generation: Generation): Promise<void>;
  /** The change is committed, and what was recorded with it. Returns at once and never throws. */
  recorded(id: string): void;
  /** Writes, in the transaction that deletes these generations; left out where there is nothing to write. */
  removed?(manager: EntityManager, ids: readonly string[]): Promise<void>;
}

/** Who writes along with changes of status. They are added before the first generation is made or taken up. */
@Injectable()
export class ChangeRecorders {
  readonly #recorders = new Set<ChangeRecorder>();

  add(recorder: ChangeRecorder): void {
    this.#recorders.add(recorder);
  }

  /** @throws whatever the recorder throws that refuses it */
  admit(generation: Generation): void {
    for (const recorder of this.#recorders) recorder.admit(generation);
  }

  abandon(generation: Generation): void {
    for (const recorder of this.#recorders) recorder.abandon?.(generation);
  }

  /** Those that write about this change; `undefined` for one that leaves the status as it is. */
  concernedBy(generation: Generation, status: GenerationStatus | undefined): readonly ChangeRecorder[] {
    if (status === undefined) return [];
    return [...this.#recorders].filter((recorder) => recorder.concerns(generation, status));
  }

  /** Tells of a deletion, inside of its transaction. */
  async removed(manager: EntityManager, ids: readonly string[]): Promise<void> {
    for (const recorder of this.#recorders) await recorder.removed?.(manager, ids);
  }
}
