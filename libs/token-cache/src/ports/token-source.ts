import type { PooledToken } from '../pooled-token.js';

/** Port: where the tokens are kept for good. */
export abstract class TokenSource {
  /**
   * Reads every token, disabled and expired ones too, in any order, each id once. The rows are those of one moment
   * after the call: every change that was committed before it is in them. They are not touched afterwards.
   */
  abstract loadAll(): Promise<readonly PooledToken[]>;
}
