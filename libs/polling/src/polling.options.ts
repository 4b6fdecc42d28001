import type { PollQueue } from './ports/poll-queue.js';
import type { PollingStrategy } from './ports/polling-strategy.js';

import { atLeast } from './check.js';

/** What the scheduler keeps to. All of it can be changed while it runs. */
export interface PollSettings {
  /** Polls at once in all: an integer of at least 1. @defaultValue 64 */
  readonly maxActive: number;
  /** Polls at once with one token: an integer of at least 1. @defaultValue 4 */
  readonly maxActivePerToken: number;
  /** Polls at once to one origin: an integer of at least 1. @defaultValue 64 */
  readonly maxActivePerOrigin: number;
  /** Requests a minute for polls with one token: an integer; 0 leaves it to its provider. @defaultValue 0 */
  readonly tokenPollsPerMinute: number;
  /** Requests a minute for polls to one origin: an integer; 0 for any number. @defaultValue 0 */
  readonly originPollsPerMinute: number;
  /**
   * A call that asks about many ids takes those along that are due within this time, in milliseconds; below 0 every id is
   * asked about by itself. @defaultValue 5,000
   */
  readonly listWindowMs: number;
  /** Ids that one call asks about at most: an integer of at least 2. @defaultValue 100 */
  readonly maxListed: number;
  /** After this a poll is aborted and counts as an error, in milliseconds. @defaultValue 30,000 */
  readonly pollTimeoutMs: number;
  /** An aborted poll that has not ended after this gives up its slot, in milliseconds. @defaultValue 5,000 */
  readonly abortGraceMs: number;
  /** Back-off after the first error, doubled with each further one, in milliseconds. @defaultValue 1,000 */
  readonly backOffBaseMs: number;
  /** The longest back-off, in milliseconds. @defaultValue 30,000 */
  readonly backOffMaxMs: number;
  /** Shortest time from an answer to the next poll, whatever asked for it, in milliseconds. @defaultValue 100 */
  readonly minDelayMs: number;
  /** The longest `pollAfterMs` that is respected, in milliseconds; 0 ignores it. @defaultValue 60,000 */
  readonly maxPollAfterMs: number;
  /**
   * Longest time that a poll is put off because callbacks are expected, in milliseconds; 0 polls as if there were none.
   * @defaultValue 180,000
   */
  readonly longestNetMs: number;
  /** How long `stop()` waits for what is under way, in milliseconds. @defaultValue 5,000 */
  readonly stopTimeoutMs: number;
}

/** How long a generation may take, in milliseconds, by kind. `default` holds for kinds that are not named. */
export type PollDeadlines = Readonly<Record<string, number>> & { readonly default: number };

/** Options of `PollingModule.forRoot`. */
export interface PollingOptions extends Partial<PollSettings> {
  /** Added to the defaults. @defaultValue video and any other kind 25 minutes, image 5 minutes */
  readonly deadlineMs?: Readonly<Record<string, number>>;
  /** One, or the name of one: `predictive`, `stages` or that of a `@PollingStrategyPlugin`. @defaultValue `predictive` */
  readonly strategy?: PollingStrategy | string;
  /** Belongs to this module alone. @defaultValue `new MemoryPollQueue()` */
  readonly queue?: PollQueue;
}

const MINUTE_MS = 60_000;

const DEFAULT_SETTINGS: PollSettings = {
  maxActive: 64,
  maxActivePerToken: 4,
  maxActivePerOrigin: 64,
  tokenPollsPerMinute: 0,
  originPollsPerMinute: 0,
  listWindowMs: 5_000,
  maxListed: 100,
  pollTimeoutMs: 30_000,
  abortGraceMs: 5_000,
  backOffBaseMs: 1_000,
  backOffMaxMs: 30_000,
  minDelayMs: 100,
  maxPollAfterMs: 60_000,
  longestNetMs: 180_000,
  stopTimeoutMs: 5_000,
};

const DEFAULT_DEADLINES: PollDeadlines = {
  default: 25 * MINUTE_MS,
  video: 25 * MINUTE_MS,
  image: 5 * MINUTE_MS,
};

/**
 * Fills in the defaults, or the values of `base`.
 *
 * @throws RangeError naming the setting that is out of its bounds, and what was got.
 */
export function resolvePollSettings(
  changes: Partial<PollSettings>,
  base: PollSettings = DEFAULT_SETTINGS,
): PollSettings {
  const settings = {} as { -readonly [Name in keyof PollSettings]: number };
  for (const name of Object.keys(DEFAULT_SETTINGS) as (keyof PollSettings)[]) {
    settings[name] = changes[name] ?? base[name];
  }
  atLeast('maxActive', settings.maxActive, 1, 'integer');
  atLeast('maxActivePerToken', settings.maxActivePerToken, 1, 'integer');
  atLeast('maxActivePerOrigin', settings.maxActivePerOrigin, 1, 'integer');
  atLeast('tokenPollsPerMinute', settings.tokenPollsPerMinute, 0, 'integer');
  atLeast('originPollsPerMinute', settings.originPollsPerMinute, 0, 'integer');
  atLeast('listWindowMs', settings.listWindowMs, -1);
  atLeast('maxListed', settings.maxListed, 2, 'integer');
  for (const name of ['pollTimeoutMs', 'minDelayMs', 'backOffBaseMs'] as const) {
    atLeast(name, settings[name], 1);
  }
  for (const name of ['abortGraceMs', 'maxPollAfterMs', 'longestNetMs', 'stopTimeoutMs'] as const) {
    atLeast(name, settings[name], 0);
  }
  atLeast('backOffMaxMs', settings.backOffMaxMs, settings.backOffBaseMs);
  return Object.freeze(settings);
}

/**
 * Fills in the defaults.
 *
 * @throws RangeError naming the kind whose deadline is not above 0.
 */
export function resolvePollDeadlines(deadlineMs: Readonly<Record<string, number>> = {}): PollDeadlines {
  for (const [kind, ms] of Object.entries(deadlineMs)) atLeast(`deadlineMs.${kind}`, ms, 1);
  return Object.freeze({ ...DEFAULT_DEADLINES, ...deadlineMs });
}
