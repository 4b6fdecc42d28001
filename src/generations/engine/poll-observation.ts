import type { JobSnapshot } from 'penstock/plugin-api';
import type { PollObservation } from 'penstock/polling';

/** What the scheduler is told of a snapshot that was taken in. */
export function observationOf(snapshot: JobSnapshot, hasEnded: boolean): PollObservation {
  if (hasEnded) return endedBy(snapshot);
  return { outcome: 'pending', progress: snapshot.progress, pollAfterMs: snapshot.pollAfterMs };
}

/** Only what the upstream brought to its end tells how long generations take. */
function endedBy({ status, completedAt = null }: JobSnapshot): PollObservation {
  const isEnd = status === 'completed' || status === 'failed';
  return isEnd ? { outcome: 'ended', end: status, endedAt: completedAt } : { outcome: 'ended' };
}
