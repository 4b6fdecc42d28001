import { resolvePollSettings, type PollSettings } from 'penstock/polling';

import type { LanePoll, PollSlots } from '../src/poll-slots.js';

/** Settings with what a test wants to be different. */
export const limitsOf = (changes: Partial<PollSettings>): PollSettings => resolvePollSettings(changes);

/** A poll of a token at an origin, without a budget of its provider. */
export const aLane = (id: string, tokenId: string, origin = 'x'): LanePoll => ({
  id,
  tokenId,
  origin,
  pollsPerMinute: 0,
});

/** Takes all that may begin. */
export const drain = (slots: PollSlots, now = 0): string[] => {
  const ids: string[] = [];
  for (let granted = slots.take(now); granted !== undefined; granted = slots.take(now)) ids.push(granted.id);
  return ids;
};
