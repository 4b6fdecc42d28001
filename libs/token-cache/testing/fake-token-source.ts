import { type PooledToken, TokenSource } from 'penstock/token-cache';

interface HeldLoad {
  answer(): void;
}

/** Tokens in memory, whose answers can be held back or made to fail. */
export class FakeTokenSource extends TokenSource {
  /** Every load that was asked for. */
  loads = 0;
  /** What loads fail with as long as it is set. */
  failure: Error | null = null;
  /** Whether loads wait for {@link FakeTokenSource.answerOldest}. */
  holding = false;
  /** Rows that come at once. */
  pageSize = Infinity;
  readonly #rows = new Map<string, PooledToken>();
  readonly #held: HeldLoad[] = [];

  constructor(tokens: readonly PooledToken[] = []) {
    super();
    for (const token of tokens) this.save(token);
  }

  save(token: PooledToken): void {
    this.#rows.set(token.id, token);
  }

  delete(id: string): void {
    this.#rows.delete(id);
  }

  get rows(): ReadonlyMap<string, PooledToken> {
    return this.#rows;
  }

  /** Takes the rows at once, and hands them over when the answer is no longer held back. */
  override loadAll(): AsyncIterable<readonly PooledToken[]> {
    this.loads += 1;
    return this.#answer([...this.#rows.values()]);
  }

  /** Lets the oldest held load go on. `false` when there is none. */
  answerOldest(): boolean {
    const load = this.#held.shift();
    load?.answer();
    return load !== undefined;
  }

  async *#answer(rows: readonly PooledToken[]): AsyncIterable<readonly PooledToken[]> {
    if (this.holding) await new Promise<void>((resolve) => this.#held.push({ answer: resolve }));
    if (this.failure !== null) throw this.failure;
    for (let from = 0; from < rows.length; from += this.pageSize)
      yield rows.slice(from, from + this.pageSize);
  }
}
