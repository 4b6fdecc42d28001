import type { Random } from 'penstock/kernel';

import { MemoryPollQueue } from './strategies/memory-poll-queue.js';
import type { TrackedPoll } from './tracked-poll.js';

/** After a list that failed or did not pay, the first pause, doubled with each further one in a row, in milliseconds. */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 600_000;

interface TokenLists {
  /** Polls that may be listed and are not under way, by when they are due. */
  readonly polls: MemoryPollQueue;
  failures: number;
  pausedUntil: number;
}

/** Which polls of a token one list call may answer together. Every call costs O(log n), `takeAlong` for each id. */
export class PollLists {
  readonly #tokens = new Map<string, TokenLists>();
  readonly #tokenOf = new Map<string, string>();

  constructor(private readonly random: Random) {}

  /** Offers a poll that waits for its time, or for a slot; again when its time changes. */
  offer(poll: TrackedPoll): void {
    this.withdraw(poll.id);
    if (!poll.mayBeListed) return;
    this.#token(poll.tokenId).polls.schedule(poll.id, poll.dueAt);
    this.#tokenOf.set(poll.id, poll.tokenId);
  }

  withdraw(id: string): void {
    const tokenId = this.#tokenOf.get(id);
    if (tokenId === undefined) return;
    this.#tokenOf.delete(id);
    const token = this.#tokens.get(tokenId);
    token?.polls.remove(id);
    if (token?.polls.size === 0 && token.failures === 0) this.#tokens.delete(tokenId);
  }

  /** Takes out up to `most` ids of the token that are due by `until`; none while its lists are paused. */
  takeAlong(tokenId: string, { until, most, now }: { until: number; most: number; now: number }): string[] {
    const token = this.#tokens.get(tokenId);
    const ids: string[] = [];
    if (token === undefined || token.pausedUntil > now) return ids;
    while (ids.length < most) {
      const due = token.polls.popDue(until);
      if (due === undefined) break;
      this.#tokenOf.delete(due.id);
      ids.push(due.id);
    }
    return ids;
  }

  /** A list was worth its requests. */
  succeeded(tokenId: string): void {
    const token = this.#tokens.get(tokenId);
    if (token !== undefined) token.failures = 0;
  }

  /** A list failed, or took more requests than it saved: no more of them for a while. */
  failed(tokenId: string, now: number): void {
    const token = this.#token(tokenId);
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** token.failures);
    token.failures = Math.min(token.failures + 1, 10);
    token.pausedUntil = now + (pauseMs * (1 + this.random.next())) / 2;
  }

  #token(tokenId: string): TokenLists {
    const known = this.#tokens.get(tokenId);
    if (known !== undefined) return known;
    const token = { polls: new MemoryPollQueue(), failures: 0, pausedUntil: -Infinity };
    this.#tokens.set(tokenId, token);
    return token;
  }
}
