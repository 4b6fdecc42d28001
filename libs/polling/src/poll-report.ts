import type { Clock } from 'penstock/kernel';

import type { PollReport } from './ports/poll-journal.js';
import type { PollObservation } from './ports/poll-target.js';
import type { TrackedPoll } from './tracked-poll.js';

/** What is reported of a poll whose answer has come: `undefined` for one that a list left out. Before the next is planned. */
export function reportOf(
  { id, dueAt, startedAt, reason, heldBy }: TrackedPoll,
  observation: PollObservation | undefined,
  clock: Clock,
): PollReport {
  const now = clock.now();
  const offset = now - clock.monotonic();
  return {
    id,
    plannedAt: dueAt + offset,
    startedAt: startedAt + offset,
    endedAt: now,
    reason,
    heldBy,
    outcome: outcomeOf(observation),
    progress: observation?.outcome === 'pending' ? observation.progress : null,
  };
}

function outcomeOf(observation: PollObservation | undefined): PollReport['outcome'] {
  if (observation === undefined) return 'left_out';
  return observation.outcome === 'ended' ? (observation.end ?? 'ended') : observation.outcome;
}
