import type { EdgeEvidence } from './edge-snapshot.js';

/** How a call fared at the edge: what it was challenged with, `passed`, or `unknown` when no answer came. */
export type PassageEnd = EdgeEvidence | 'passed' | 'unknown';

/** The right to make one call at an edge. */
export interface Passage {
  /** To be sent along; names in lower case. Secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** To be told as soon as it is known; only the first time counts. Resolves when the edge stands where it then does. */
  end(end: PassageEnd): Promise<void>;
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** A passage that tells `onEnd` once. */
export function passageOf(onEnd: (end: PassageEnd) => Promise<void>, headers = NO_HEADERS): Passage {
  let ended: Promise<void> | undefined;
  return { headers, end: (end) => (ended ??= onEnd(end)) };
}
