import type { PooledToken } from 'penstock/token-cache';

/** Port: whether the edge (CDN or firewall) in front of a token's upstream lets calls through. */
export abstract class EdgeView {
  /**
   * When a challenged edge is tried next, in milliseconds since 1970; `null` while calls go through. Asked when a token
   * is learnt and when {@link EdgeView.onChange} says so; the time alone changes nothing.
   */
  abstract challengedUntil(token: PooledToken): number | null;

  /** Calls the listener whenever the answer may have changed for some tokens. Returns the way to end that. */
  abstract onChange(listener: (concerns: (token: PooledToken) => boolean) => void): () => void;
}

/** Every edge is clear. */
export class ClearEdges extends EdgeView {
  override challengedUntil(): null {
    return null;
  }

  override onChange(): () => void {
    return () => undefined;
  }
}
