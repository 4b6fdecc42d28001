import type { JobSnapshot } from './job.js';

/** A snapshot that knows the status and what `more` says; the rest is as the upstream did not tell it. */
export function jobSnapshot(
  status: JobSnapshot['status'],
  more: Partial<Omit<JobSnapshot, 'status'>> = {},
): JobSnapshot {
  return { status, progress: null, assets: [], error: null, pollAfterMs: null, ...more };
}
