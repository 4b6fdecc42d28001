import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { GenerationStatus } from './generation-status.js';
import { Generation } from './generation.entity.js';

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

  /**
   * Has those write that a change of the row concerns, inside of its transaction.
   *
   * @param status - `undefined` where it stays as it is
   * @param known - the generation as it was; it is read where nobody has it
   * @returns them
   */
  async record(
    manager: EntityManager,
    { id, status }: { readonly id: string; readonly status: GenerationStatus | undefined },
    known: Generation | undefined,
  ): Promise<readonly ChangeRecorder[]> {
    if (status === undefined) return [];
    const row = (): Promise<Generation> => manager.findOneByOrFail(Generation, { id });
    const recorders = this.concernedBy(known ?? (await row()), status);
    if (recorders.length === 0) return [];
    const after = await row();
    for (const recorder of recorders) await recorder.record(manager, after);
    return recorders;
  }

  /** Those that write about this change. */
  concernedBy(generation: Generation, status: GenerationStatus): readonly ChangeRecorder[] {
    return [...this.#recorders].filter((recorder) => recorder.concerns(generation, status));
  }

  /** Tells of a deletion, inside of its transaction. */
  async removed(manager: EntityManager, ids: readonly string[]): Promise<void> {
    for (const recorder of this.#recorders) await recorder.removed?.(manager, ids);
  }
}
