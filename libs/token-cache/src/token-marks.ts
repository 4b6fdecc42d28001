import type { PooledToken } from './pooled-token.js';

/** What a mark may say of a token. */
export type TokenMarkChange = Partial<
  Pick<PooledToken, 'enabled' | 'disabledReason' | 'coolingUntil' | 'coolingReason'>
>;

/** What is known of a token before it is committed; `null` for nothing. Pure: it is asked again for each new row. */
export type TokenMark = (token: PooledToken) => TokenMarkChange | null;

interface Marked {
  /** The token as it was committed. */
  readonly committed: PooledToken;
  readonly marks: readonly TokenMark[];
}

/** Marks on tokens whose rows are still being written. Costs nothing for tokens without any. */
export class TokenMarks {
  readonly #marked = new Map<string, Marked>();

  /** Adds a mark, and returns the token with all of its marks. Each mark is added once. */
  add(present: PooledToken, mark: TokenMark): PooledToken {
    const before = this.#marked.get(present.id);
    return this.#keep({
      committed: before?.committed ?? present,
      marks: [...(before?.marks ?? []), mark],
    });
  }

  /** Takes a mark away, and returns the token without it; `undefined` when the token or the mark is gone. */
  drop(id: string, mark: TokenMark): PooledToken | undefined {
    const marked = this.#marked.get(id);
    const at = marked?.marks.indexOf(mark) ?? -1;
    if (marked === undefined || at < 0) return undefined;
    return this.#keep({ ...marked, marks: marked.marks.toSpliced(at, 1) });
  }

  /** A committed token, with the marks that are on it. */
  over(committed: PooledToken): PooledToken {
    const marked = this.#marked.get(committed.id);
    return marked === undefined ? committed : this.#keep({ ...marked, committed });
  }

  /** Forgets the marks of a token that is gone. */
  forget(id: string): void {
    this.#marked.delete(id);
  }

  #keep(marked: Marked): PooledToken {
    const { committed, marks } = marked;
    if (marks.length === 0) this.#marked.delete(committed.id);
    else this.#marked.set(committed.id, marked);
    return marks.reduce((token, mark) => ({ ...token, ...mark(token) }), committed);
  }
}
