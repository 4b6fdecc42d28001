import type { PollHistory, PollTraits } from './ports/polling-strategy.js';

/** What changes about a tracked id. */
export type PollState = Omit<PollHistory, keyof PollTraits | 'id'>;

/**
 * A {@link PollHistory}, property by property: there is one for each poll, and on Node 20 a literal with the traits spread into it
 * takes 6 us instead of 0.04. Traits that are not known are absent.
 */
export class TrackedHistory implements PollHistory {
  readonly id: string;
  readonly kind: string;
  declare readonly provider?: string;
  declare readonly model?: string;
  declare readonly size?: string;
  declare readonly duration?: string;
  readonly ageMs: number;
  readonly progress: number | null;
  readonly unchangedPolls: number;
  readonly polls: number;
  readonly previousDelayMs: number | null;

  constructor(
    { id, kind, provider, model, size, duration }: PollTraits & { readonly id: string },
    now: PollState,
  ) {
    this.id = id;
    this.kind = kind;
    if (provider !== undefined) this.provider = provider;
    if (model !== undefined) this.model = model;
    if (size !== undefined) this.size = size;
    if (duration !== undefined) this.duration = duration;
    this.ageMs = now.ageMs;
    this.progress = now.progress;
    this.unchangedPolls = now.unchangedPolls;
    this.polls = now.polls;
    this.previousDelayMs = now.previousDelayMs;
  }
}
