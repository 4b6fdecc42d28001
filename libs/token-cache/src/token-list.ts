import type { PooledToken } from './pooled-token.js';

/**
 * Tokens by position, for drawing at random. Adding, replacing and removing take the same time at any length: a
 * removal moves the last token into the gap, so the order is not kept.
 */
export class TokenList {
  readonly #tokens: PooledToken[] = [];
  readonly #positions = new Map<string, number>();

  /** Always the same array; it changes with the list. */
  get tokens(): readonly PooledToken[] {
    return this.#tokens;
  }

  /** Adds the token, or puts it in the place of the one with its id. */
  put(token: PooledToken): void {
    const position = this.#positions.get(token.id) ?? this.#tokens.length;
    this.#tokens[position] = token;
    this.#positions.set(token.id, position);
  }

  /** Does nothing when there is no such token. */
  remove(id: string): void {
    const position = this.#positions.get(id);
    if (position === undefined) return;
    this.#positions.delete(id);
    const last = this.#tokens.pop();
    if (last === undefined || last.id === id) return;
    this.#tokens[position] = last;
    this.#positions.set(last.id, position);
  }
}
