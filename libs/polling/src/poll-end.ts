import type { Clock } from 'penstock/kernel';

import type { PollObservation } from './ports/poll-target.js';
import type { PollEnd } from './ports/polling-strategy.js';
import type { TrackedPoll } from './tracked-poll.js';

/** Nothing is known of how it went on. */
export const DROPPED: PollEnd = { outcome: 'dropped' };

/** Given up at its deadline. */
export function expiredEnd(poll: TrackedPoll): PollEnd {
  return { outcome: 'expired', afterMs: poll.pendingAgeMs };
}

/**
 * Says between which ages a poll ended: after its last `pending` answer, by now. The upstream's own time narrows that
 * down if it lies in between; its clock may be another one than ours. Otherwise a callback tells it.
 */
export function endOf(
  poll: TrackedPoll,
  { end, endedAt }: Extract<PollObservation, { outcome: 'ended' }>,
  clock: Clock,
): PollEnd {
  if (end === undefined) return DROPPED;
  const afterMs = poll.pendingAgeMs;
  const byMs = Math.max(afterMs, poll.ageMs(clock.monotonic()));
  const toldMs = byMs - (clock.now() - (endedAt ?? Number.NaN));
  return toldMs > afterMs && toldMs <= byMs
    ? { outcome: end, afterMs: toldMs, byMs: toldMs }
    : { outcome: end, ...calledAt(poll, { afterMs, byMs }) };
}

/** A callback comes right after the end of which it tells. */
function calledAt(
  { calledAgeMs }: TrackedPoll,
  { afterMs, byMs }: { readonly afterMs: number; readonly byMs: number },
): { readonly afterMs: number; readonly byMs: number } {
  if (calledAgeMs === null) return { afterMs, byMs };
  const atMs = Math.min(byMs, Math.max(afterMs, calledAgeMs));
  return { afterMs: atMs, byMs: atMs };
}
