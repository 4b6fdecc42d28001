import { ChangeJournal } from './change-journal.js';
import type { PooledToken } from './pooled-token.js';
import { TokenIndex } from './token-index.js';
import { TokenMarks, type TokenMark } from './token-marks.js';

/**
 * The present tokens, merged from single changes and from loads whose rows may be older than those changes.
 *
 * A load's rows are the truth, except for entries that were put or removed since it began: of a put one, the higher
 * version stays, and a removed one stays away.
 */
export class TokenTable {
  readonly index = new TokenIndex();
  readonly #journal = new ChangeJournal();
  readonly #marks = new TokenMarks();

  /** Takes over one entry. `false` when it is older than what is known of it. */
  put(token: PooledToken): boolean {
    const present = this.index.tokens.get(token.id);
    if (present !== undefined && token.version < present.version) return false;
    const removed = this.#journal.removedVersion(token.id);
    if (removed !== undefined && token.version <= removed) return false;
    this.index.put(this.#marks.over(token));
    this.#journal.record(token.id, { change: 'put', version: token.version });
    return true;
  }

  /** `false` when there was no such entry. */
  remove(id: string): boolean {
    const version = this.#take(id)?.version ?? this.#journal.removedVersion(id);
    const known = version !== undefined;
    this.#journal.record(id, { change: 'removed', version: known ? version : -1 });
    return known;
  }

  /** Puts a mark on an entry, which stays on each later one until {@link unmark}. `false` when there is no such entry. */
  mark(id: string, mark: TokenMark): boolean {
    const present = this.index.tokens.get(id);
    if (present === undefined) return false;
    this.index.put(this.#marks.add(present, mark));
    return true;
  }

  /** Takes a mark away. `false` when the entry or the mark is gone. */
  unmark(id: string, mark: TokenMark): boolean {
    const token = this.#marks.drop(id, mark);
    if (token === undefined) return false;
    this.index.put(token);
    return true;
  }

  /** Call just before the rows are asked for. */
  beginLoad(): void {
    this.#journal.beginLoad();
  }

  /** Takes over a row of the load that began last. `true` when that changed anything. */
  takeOver(row: PooledToken): boolean {
    const present = this.index.tokens.get(row.id);
    if (present?.version === row.version) return false;
    const since = this.#journal.sinceLoadBegan(row.id);
    if (since !== undefined && (since.change === 'removed' || row.version < since.version)) return false;
    this.index.put(this.#marks.over(row));
    return true;
  }

  /** Removes an entry that the load did not bring, unless it is newer than the load. `true` when it was removed. */
  dropUnseen(id: string): boolean {
    return this.#journal.sinceLoadBegan(id) === undefined && this.#take(id) !== undefined;
  }

  /** Every row of the load was taken over and everything else dropped. */
  endLoad(): void {
    this.#journal.endLoad();
  }

  #take(id: string): PooledToken | undefined {
    this.#marks.forget(id);
    return this.index.remove(id);
  }
}
