import type { PollTraits } from '../../ports/polling-strategy.js';

/** What the generations of a key have in common; `null` is what the key leaves open. */
export interface KeyTraits {
  readonly kind: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly size: string | null;
  readonly duration: string | null;
}

/** No part of a key is longer: the words of upstreams are short, and those of clients must not fill the memory. */
const LONGEST_PART = 64;
/** What JSON would write as an escape, so that the name of a key is no longer than it looks. */
const ESCAPED = /["\\\p{C}]/gu;

const cut = (text: string): string => text.slice(0, LONGEST_PART).replace(ESCAPED, '?');
const part = (text: string | undefined): string | null => (text === undefined ? null : cut(text));

/** The finest key of a generation. */
export function keyOf({ kind, provider, model, size, duration }: PollTraits): KeyTraits {
  return {
    kind: cut(kind),
    provider: part(provider),
    model: part(model),
    size: part(size),
    duration: part(duration),
  };
}

/** A key and those that stand in for it, coarser and coarser: without size and duration, then without model. */
export function keysFrom(key: KeyTraits): readonly [KeyTraits, ...KeyTraits[]] {
  const ofModel = { ...key, size: null, duration: null };
  const ofProvider = { ...ofModel, model: null };
  const coarser = key.model === null ? [] : [ofProvider];
  return key.size === null && key.duration === null ? [key, ...coarser] : [key, ofModel, ...coarser];
}

/** Different keys have different names. */
export function nameOf({ kind, provider, model, size, duration }: KeyTraits): string {
  return JSON.stringify([kind, provider, model, size, duration]);
}
