import { LessThan, type EntityManager } from 'typeorm';

import type { Generation } from './generation.entity.js';
import { RetiredJob } from './retired-job.entity.js';

/** Lost submissions are looked for within minutes, or after the time that a gateway was down. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;

/** What is kept of a generation that is deleted. */
export type JobOwner = Pick<Generation, 'upstreamScope' | 'upstreamId'>;

/** Keeps in mind that the jobs of generations were taken. Part of the transaction that deletes the generations. */
export async function retireJobs(
  manager: EntityManager,
  owners: readonly JobOwner[],
  at: number,
): Promise<void> {
  const jobs = owners.flatMap(({ upstreamScope, upstreamId }) =>
    upstreamScope === null || upstreamId === null ? [] : [{ upstreamScope, upstreamId, retiredAt: at }],
  );
  if (jobs.length > 0)
    await manager.createQueryBuilder().insert().into(RetiredJob).values(jobs).orIgnore().execute();
  await manager.delete(RetiredJob, { retiredAt: LessThan(at - KEPT_MS) });
}

/** Whether a job belonged to a generation that is deleted. */
export function isRetired(
  manager: EntityManager,
  job: Pick<RetiredJob, 'upstreamScope' | 'upstreamId'>,
): Promise<boolean> {
  return manager.existsBy(RetiredJob, job);
}
