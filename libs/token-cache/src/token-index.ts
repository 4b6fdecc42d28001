import type { PooledToken } from './pooled-token.js';
import { TokenList } from './token-list.js';

const NONE: readonly PooledToken[] = Object.freeze([]);

/** Tokens by id, by provider and by being enabled. One entry changes in the same time however many there are. */
export class TokenIndex {
  readonly #tokens = new Map<string, PooledToken>();
  readonly #providers = new Map<string, TokenList>();
  readonly #active = new TokenList();

  get tokens(): ReadonlyMap<string, PooledToken> {
    return this.#tokens;
  }

  /** The enabled ones. */
  get active(): readonly PooledToken[] {
    return this.#active.tokens;
  }

  ofProvider(name: string): readonly PooledToken[] {
    return this.#providers.get(name)?.tokens ?? NONE;
  }

  put(token: PooledToken): void {
    const previous = this.#tokens.get(token.id);
    if (previous !== undefined && previous.provider !== token.provider) this.remove(token.id);
    this.#tokens.set(token.id, token);
    this.#listOf(token.provider).put(token);
    if (token.enabled) this.#active.put(token);
    else this.#active.remove(token.id);
  }

  /** The token that was removed, if there was one. */
  remove(id: string): PooledToken | undefined {
    const token = this.#tokens.get(id);
    if (token === undefined) return undefined;
    this.#tokens.delete(id);
    this.#providers.get(token.provider)?.remove(id);
    this.#active.remove(id);
    return token;
  }

  #listOf(provider: string): TokenList {
    const list = this.#providers.get(provider) ?? new TokenList();
    this.#providers.set(provider, list);
    return list;
  }
}
