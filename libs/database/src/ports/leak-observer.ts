/** A connection that has been in use for suspiciously long. */
export interface Leak {
  /** `database.writer` or `database.readers`. */
  readonly resource: string;
  /** What it is used for: the name given to the work, or the statement it is at. */
  readonly label: string;
  /** For how long so far, in milliseconds. */
  readonly heldMs: number;
  /** Where the transaction or the work was begun, a line a call; `undefined` for a runner or stream without any. */
  readonly openedAt: string | undefined;
}

/** Port: told, once for each, of connections that nobody gives back. */
export abstract class LeakObserver {
  /** Must not throw. */
  abstract leaked(leak: Leak): void;
}

/** A leak in one sentence, with where it began below. */
export function describeLeak({ resource, label, heldMs, openedAt }: Leak): string {
  const what = `"${label}" has held ${resource} for ${heldMs.toFixed(0)} ms.`;
  const fix = 'End its transaction, release its query runner or destroy its stream.';
  return openedAt === undefined ? `${what} ${fix}` : `${what} ${fix} It was begun here:\n${openedAt}`;
}
