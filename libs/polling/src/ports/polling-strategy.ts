import type { PollKnowledge } from './poll-knowledge.js';

/** What the duration of a generation may depend on. Left out is what the application does not know. */
export interface PollTraits {
  readonly kind: string;
  readonly provider?: string;
  readonly model?: string;
  /** Of the picture, in the upstream's words. */
  readonly size?: string;
  /** Of the media to be made, in the upstream's words. */
  readonly duration?: string;
}

/** What is known of one tracked id when its next poll is planned. */
export interface PollHistory extends PollTraits {
  readonly id: string;
  /** Since the generation began, in milliseconds. */
  readonly ageMs: number;
  /** The last one seen: 0 to 100, or `null` where the upstream does not tell. */
  readonly progress: number | null;
  /** How many polls in a row, up to the last one, showed no change of progress (`null` counts as 0). */
  readonly unchangedPolls: number;
  /** Polls that were answered `pending`; 0 before the first one. Errors do not count. */
  readonly polls: number;
  /** What this strategy said the last time, in milliseconds; `null` the first time. */
  readonly previousDelayMs: number | null;
}

/** How a generation ended, as far as it is known. */
export type PollEnd =
  | {
      readonly outcome: 'completed' | 'failed';
      /** It ended later than this age, in milliseconds: at its last `pending` answer it had not. */
      readonly afterMs: number;
      /** It had ended by this age, in milliseconds. The same as `afterMs` where the moment is known. */
      readonly byMs: number;
    }
  /** Given up at its deadline; it had not ended at this age. */
  | { readonly outcome: 'expired'; readonly afterMs: number }
  /** No longer tracked, for reasons that say nothing of its duration. */
  | { readonly outcome: 'dropped' };

/**
 * Port: when to ask again about a generation that is pending. Delays after errors are not its business.
 *
 * Every method is synchronous, does no I/O and must not throw. A strategy that learns also has `observed`, `ended` and
 * `knowledge`, one that plans lists `sharedDelayMs`, one that knows what is urgent `endedChance`; the scheduler finds them by
 * their presence.
 */
export abstract class PollingStrategy {
  /**
   * Milliseconds until the next poll: finite and at least 0 (the scheduler falls back to 10 s for anything else). Until
   * something is observed or ends, the same history gives the same answer.
   */
  abstract nextDelayMs(history: PollHistory): number;

  /**
   * Milliseconds until the next call when one call asks about all of these, at least two; otherwise as `nextDelayMs`.
   * Without it, each one's own delay counts.
   */
  sharedDelayMs?(histories: readonly PollHistory[]): number;

  /**
   * How likely it is that the generation has ended by now, from 0 to 1. Where a token has more polls due than requests left, those
   * of the highest chance come first; without it, the most overdue.
   */
  endedChance?(history: PollHistory): number;

  /** Tracking began, or a poll was answered `pending`. Called before the `nextDelayMs` that follows it. */
  observed?(history: PollHistory): void;

  /** Nothing more comes of this id: called once for every id that was observed. */
  ended?(history: PollHistory, end: PollEnd): void;

  /** What it has learned, for those who store and show it. */
  readonly knowledge?: PollKnowledge;
}
