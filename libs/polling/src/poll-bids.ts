import { Logger } from '@nestjs/common';

import type { PollRanks } from './due-polls.js';
import type { PollingStrategy } from './ports/polling-strategy.js';
import type { TrackedPoll } from './tracked-poll.js';

/** What {@link PollBids} works with. */
export interface PollBidsOptions {
  readonly polls: ReadonlyMap<string, TrackedPoll>;
  readonly strategy: () => PollingStrategy;
}

/**
 * Ranks due polls by the delay that asking now is expected to save: each bids the chance that it has ended, and wins
 * where that is highest. What an upstream called back about, or somebody asked for, bids 1.
 */
export class PollBids implements PollRanks {
  readonly #logger = new Logger('Polling');

  constructor(private readonly options: PollBidsOptions) {}

  /** The first of those whose bid is highest; `undefined` where the strategy makes no bids. */
  best(ids: readonly string[], now: number): string | undefined {
    const strategy = this.options.strategy();
    if (strategy.endedChance === undefined) return undefined;
    let [best, highest] = [ids[0], -Infinity];
    for (const id of ids) {
      const bid = this.#bid(id, strategy, now);
      if (bid > highest) [best, highest] = [id, bid];
    }
    return best;
  }

  #bid(id: string, strategy: PollingStrategy, now: number): number {
    const poll = this.options.polls.get(id);
    if (poll === undefined) return 0;
    if (poll.calledAgeMs !== null || poll.reason === 'wake') return 1;
    try {
      return strategy.endedChance?.(poll.history(now)) ?? 0;
    } catch (error) {
      this.#logger.warn(`The polling strategy threw at the chance of ${id}: ${String(error)}`);
      return 0;
    }
  }
}
