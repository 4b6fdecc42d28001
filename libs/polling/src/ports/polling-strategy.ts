/** What is known of one tracked id when its next poll is planned. */
export interface PollHistory {
  readonly id: string;
  readonly kind: string;
  /** Left out where the application did not say. */
  readonly model?: string;
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

/** Port: when to ask again about a generation that is pending. Delays after errors are not its business. */
export abstract class PollingStrategy {
  /**
   * Milliseconds until the next poll: finite and at least 0. The same history gives the same answer within one call
   * chain; the call is synchronous, does no I/O and must not throw (the scheduler falls back to 10 s when it does).
   */
  abstract nextDelayMs(history: PollHistory): number;
}
