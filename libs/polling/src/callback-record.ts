/** Whether the callbacks of a channel came of late. */
export interface CallbackRecord {
  /** Ends of which a callback told, the older ones fading. */
  readonly came: number;
  /** Ends of which none told, the older ones fading. */
  readonly missed: number;
  /** How many ends in a row no callback told of. */
  readonly missedInARow: number;
}

/** Nothing is known of a channel. */
export const NO_RECORD: CallbackRecord = Object.freeze({ came: 0, missed: 0, missedInARow: 0 });

/** Ends until an older one has faded to a third. */
const MEMORY = 100;
const FADING = 1 - 1 / MEMORY;
/** After so many ends in a row without a callback the channel counts as broken, and what came before says nothing. */
const BROKEN_AFTER = 3;
/** Each end in a row without a callback takes the stretch down by this factor. */
const CAUTION = 4;

/** A callback told of an end. */
export function afterCallback({ came, missed }: CallbackRecord): CallbackRecord {
  return { came: came * FADING + 1, missed: missed * FADING, missedInARow: 0 };
}

/** A poll found an end, and no callback told of it. */
export function afterMiss({ came, missed, missedInARow }: CallbackRecord): CallbackRecord {
  const inARow = missedInARow + 1;
  if (inARow >= BROKEN_AFTER) return { ...NO_RECORD, missedInARow: inARow };
  return { came: came * FADING, missed: missed * FADING + 1, missedInARow: inARow };
}

/**
 * By how much polls may be further apart because callbacks are expected: the odds that one comes, by the mean of a Beta law
 * that begins even, and less after misses in a row. 1, as without callbacks, while nothing is known.
 */
export function stretchOf({ came, missed, missedInARow }: CallbackRecord): number {
  return Math.max(1, (came + 1) / (missed + 1) / CAUTION ** missedInARow);
}

/**
 * Whether polls that were put off may wait for callbacks that stay away: after some misses in a row, until the channel
 * counts as broken. From then on none is put off.
 */
export function isDoubtful({ missedInARow }: CallbackRecord): boolean {
  return missedInARow > 1 && missedInARow <= BROKEN_AFTER;
}

/** What {@link netDelayMs} weighs. Times are in milliseconds. */
export interface NetRequest {
  /** Until the next poll if there were no callbacks. */
  readonly planMs: number;
  /** As {@link stretchOf} says. */
  readonly stretch: number;
  /** Until the deadline. */
  readonly remainingMs: number;
  /** The longest that a poll may be put off. */
  readonly longestMs: number;
}

/**
 * Milliseconds until a generation is polled whose end a callback should tell of: the plan, stretched, but never beyond half of
 * what is left until the deadline, so that an end of which nothing told is found before it. Never less than the plan.
 */
export function netDelayMs({ planMs, stretch, remainingMs, longestMs }: NetRequest): number {
  return Math.max(planMs, Math.min(planMs * stretch, longestMs, remainingMs / 2));
}
