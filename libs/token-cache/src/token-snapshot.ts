import type { PooledToken } from './pooled-token.js';

/**
 * The tokens at one moment. It is a view, not a copy: what one run of synchronous code reads from it fits together,
 * and after an `await` it may have changed. Take it again instead of keeping it.
 */
export interface TokenSnapshot {
  readonly tokens: ReadonlyMap<string, PooledToken>;
  /** Every token of a provider, disabled ones too, in no particular order; empty for an unknown provider. */
  readonly ofProvider: (name: string) => readonly PooledToken[];
  /** The enabled tokens, in no particular order. */
  readonly active: readonly PooledToken[];
  /** When the last successful load began, in milliseconds since 1970. */
  readonly loadedAt: number;
  /** Milliseconds since then, on a clock that does not jump. Changes put since are younger. */
  readonly ageMs: number;
}

/** How fresh the tokens are. */
export interface TokenCacheHealth {
  /** Milliseconds since the last successful load began; `null` before the first one. */
  readonly ageMs: number | null;
  /** Whether the last load failed, or none has ended for more than two periods of the TTL. */
  readonly stale: boolean;
  /** The message of the last load's failure; `null` when it succeeded. */
  readonly lastError: string | null;
}

/** Hears of a token that was put, removed, or found changed by a refresh. */
export type TokenListener = (id: string) => void;
