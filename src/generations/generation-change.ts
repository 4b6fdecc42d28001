import { isUniqueViolation, updateRows } from 'penstock/database';
import type { EntityManager } from 'typeorm';

import type { ChangeRecorder } from './change-recorders.js';
import type { GenerationStatus } from './generation-status.js';
import { Generation } from './generation.entity.js';

/** Columns that change after the insert; `revision` and `serial` count the changes by themselves. */
export type GenerationPatch = Partial<
  Omit<Generation, 'id' | 'revision' | 'serial' | 'createdAt' | 'ownerId' | 'kind'>
>;

/** How a change is made. */
export interface ChangeOptions {
  /** The change happens only while the generation has one of these statuses. */
  readonly from: readonly GenerationStatus[];
  /** Survives a power cut once it is reported: for what must never be done twice. */
  readonly durable?: boolean;
}

/** What one change did. */
export interface Change {
  readonly serial: number;
  /** Who wrote along with it. */
  readonly recorders: readonly ChangeRecorder[];
}

/** A job that the upstream accepted. */
export interface JobClaim {
  readonly upstreamId: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly found: boolean;
}

/** The job belongs to another generation, or did. Undoes the transaction that meets it. */
export class JobTaken extends Error {
  override readonly name = 'JobTaken';
}

/**
 * Changes a row if it has one of these statuses.
 *
 * @returns how many rows it changed: 0 or 1
 * @throws JobTaken when the change gives it the job of another generation
 */
export async function updateGeneration(
  manager: EntityManager,
  id: string,
  patch: GenerationPatch & Pick<Generation, 'serial'>,
  from: readonly GenerationStatus[],
): Promise<number> {
  try {
    return await updateRows(manager, Generation, {
      set: patch,
      raise: 'revision',
      where: { id, status: from },
    });
  } catch (cause) {
    if (patch.upstreamId != null && isUniqueViolation(cause)) throw new JobTaken(undefined, { cause });
    throw cause;
  }
}

/** A generation after a change that is committed. */
export const afterChange = (before: Generation, patch: GenerationPatch, serial: number): Generation => ({
  ...before,
  ...patch,
  serial,
  revision: before.revision + 1,
});
