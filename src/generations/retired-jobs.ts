import { LessThan, type EntityManager } from 'typeorm';

import type { Generation } from './generation.entity.js';
import { RetiredJob } from './retired-job.entity.js';

/** Lost submissions are looked for within minutes, or after the time that a gateway was down. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;

/** Keeps in mind that the job of a generation was taken. Part of the transaction that deletes the generation. */
export async function retireJob(
  manager: EntityManager,
  { upstreamScope, upstreamId }: Generation,
  at: number,
): Promise<void> {
  if (upstreamScope === null || upstreamId === null) return;
  await manager.insert(RetiredJob, { upstreamScope, upstreamId, retiredAt: at });
  await manager.delete(RetiredJob, { retiredAt: LessThan(at - KEPT_MS) });
}

/** Whether a job belonged to a generation that is deleted. */
export function isRetired(
  manager: EntityManager,
  job: Pick<RetiredJob, 'upstreamScope' | 'upstreamId'>,
): Promise<boolean> {
  return manager.existsBy(RetiredJob, job);
}
