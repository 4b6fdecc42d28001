/** When somebody first asked for a token. */
export interface Asked {
  /** Milliseconds on the monotonic clock. */
  readonly at: number;
  /** Of those at the same time, the one with the lower number asked first. */
  readonly order: number;
}

/** When somebody's turn is. No two are alike. */
export interface Turn extends Asked {
  /** When it asked, less the head start of its priority. */
  readonly at: number;
  /** Rises with every ticket. */
  readonly ticket: number;
}

/** Before every turn there is. */
export const FIRST_TURN: Turn = Object.freeze({ at: -Infinity, order: -Infinity, ticket: -1 });

export function comesBefore(left: Turn, right: Turn): boolean {
  if (left.at !== right.at) return left.at < right.at;
  return left.order === right.order ? left.ticket < right.ticket : left.order < right.order;
}
