import type { PooledToken } from '../pooled-token.js';

/** Port: where the tokens are kept for good. */
export abstract class TokenSource {
  /**
   * Reads every token, disabled and expired ones too, in any order and in pages of any size. Each row is as it was at
   * some moment after the call, so every change that was committed before it is in them; the rows need not be of one
   * moment. A token that is there all the time comes once. Rows are not touched afterwards.
   */
  abstract loadAll(): AsyncIterable<readonly PooledToken[]>;
}
