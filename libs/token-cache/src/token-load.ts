import type { PooledToken } from './pooled-token.js';
import type { TokenListener } from './token-snapshot.js';
import type { TokenTable } from './token-table.js';

/** Tokens looked at without a break: about a millisecond when each of them has changed. */
const CHUNK = 500;

/**
 * Brings a table to what a source says, with breaks in which others have their turn. Each token is right at every
 * moment, also when it is put or removed in such a break; tokens that did not come yet are as they were.
 */
export class TokenLoad {
  readonly #seen = new Set<string>();
  #sinceBreak = 0;

  /** @param onChange - called for each token that changed, once the change can be read */
  constructor(
    private readonly table: TokenTable,
    private readonly onChange: TokenListener,
  ) {}

  /** @throws whatever the source throws; what came before that stays taken over, and nothing is dropped */
  async run(pages: () => AsyncIterable<readonly PooledToken[]>): Promise<void> {
    this.table.beginLoad();
    for await (const page of pages()) {
      for (const row of page) {
        this.#seen.add(row.id);
        if (this.table.takeOver(row)) this.onChange(row.id);
        if (this.#isTimeForBreak()) await pause();
      }
    }
    for (const id of this.table.index.tokens.keys()) {
      if (!this.#seen.has(id) && this.table.dropUnseen(id)) this.onChange(id);
      if (this.#isTimeForBreak()) await pause();
    }
    this.table.endLoad();
  }

  #isTimeForBreak(): boolean {
    this.#sinceBreak = (this.#sinceBreak + 1) % CHUNK;
    return this.#sinceBreak === 0;
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
